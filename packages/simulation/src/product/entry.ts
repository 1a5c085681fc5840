// What is simulated in Node: the sources of these packages, bundled once and evaluated in each process.
export { createChat, MemoryChatStore } from "@im/chat";
export { openLevelChatStore } from "@im/chat-level";
export { createImClient } from "@im/client";
export {
  createGateway,
  GatewayError,
  MemoryIdempotencyStore,
  MemorySessionDirectory,
} from "@im/gateway";
export { createTcpServer, encodeFrame, tcpDialer } from "@im/transport-tcp";
export { createWsServer, wsDialer } from "@im/transport-ws";
export { basicPing, createLogicPkt, marshal } from "@im/wire";
export { Extension, encodeLoginReq } from "@im/wire/codec";
/** What browsers do of the WebSocket protocol, outside of their pages. */
export { WebSocket as WebSocketEngine } from "ws";
