// For authors of transports on any platform: what they implement, and what they build on. It follows semver, as the rest;
// what Node's sockets need besides stands in ./node.

export { decodeClosePayload, encodeClosePayload } from "./close-payload.js";
export type { ConnDriver, FrameSink } from "./conn/conn-driver.js";
export { connectionLost } from "./conn/connection-lost.js";
export { createConnFactory } from "./conn/create-conn-factory.js";
export { type DialOutcome, dialWithin } from "./conn/dial-within.js";
export { type DecoderSink, StreamDecoder } from "./conn/stream-decoder.js";
export { createServer } from "./server/create-server.js";
export type {
  AcceptSink,
  Handshake,
  IncomingSocket,
  ListenerDriver,
  Refusal,
} from "./server/listener-driver.js";
