// What is simulated: the sources of these packages, bundled once and evaluated in each process.
export { createImClient } from "@im/client";
export {
  createGateway,
  GatewayError,
  MemoryIdempotencyStore,
  MemorySessionDirectory,
} from "@im/gateway";
export { createTcpServer, encodeFrame, tcpDialer } from "@im/transport-tcp";
export { basicPing, createLogicPkt, marshal } from "@im/wire";
export { Extension, encodeLoginReq } from "@im/wire/codec";
