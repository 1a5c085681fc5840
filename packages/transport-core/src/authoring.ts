// For authors of transports on any platform: what they implement, and what they build on. It follows semver, as the rest;
// what Node's sockets need besides stands in ./node.

export { decodeClosePayload, encodeClosePayload } from "./close-payload.js";
export type { ConnDriver, FrameSink } from "./conn/conn-driver.js";
export { connectionLost } from "./conn/connection-lost.js";
export { createConnFactory } from "./conn/create-conn-factory.js";
export { invalidAddress } from "./conn/dial-errors.js";
export { type DialOutcome, dialWithin } from "./conn/dial-within.js";
export { type DecoderSink, StreamDecoder } from "./conn/stream-decoder.js";
export { rejectUnknownOptions } from "./internal/check-options.js";
export { connOptionNames } from "./options.js";
export { createServer } from "./server/create-server.js";
export type {
  AcceptSink,
  Handshake,
  IncomingSocket,
  ListenerDriver,
  Refusal,
} from "./server/listener-driver.js";
export { serverOptionNames } from "./server/server-options.js";
