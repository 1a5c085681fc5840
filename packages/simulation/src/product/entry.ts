// What is simulated: the sources of these packages, bundled once and evaluated in each process.
export { createImClient } from "@im/client";
export {
  createGateway,
  GatewayError,
  MemoryIdempotencyStore,
  MemoryPushBus,
  MemorySessionDirectory,
} from "@im/gateway";
export { createTcpServer, encodeFrame, FrameDecoder, tcpDialer } from "@im/transport-tcp";
export { Extension } from "@im/wire/codec";
