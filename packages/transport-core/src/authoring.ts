// For authors of transports: what the machinery asks of them, and what it gives them. It follows semver, as the rest.

export { decodeClosePayload, encodeClosePayload } from "./close-payload.js";
export type { ConnDriver, FrameSink } from "./conn/conn-driver.js";
export { connectionLost } from "./conn/connection-lost.js";
export { createConnFactory } from "./conn/create-conn-factory.js";
export { invalidAddress, reasonOf, shownAddress } from "./conn/dial-errors.js";
export { type DialOutcome, dialWithin } from "./conn/dial-within.js";
export { SocketConnDriver, type StreamSocket } from "./conn/socket-conn-driver.js";
export { type DecoderSink, StreamDecoder } from "./conn/stream-decoder.js";
export { type WritableSocket, WriteBatch } from "./conn/write-batch.js";
export { checkLimit, checkWait, invalidOption, rejectUnknownOptions } from "./internal/check-options.js";
export { connOptionNames } from "./options.js";
export { createServer } from "./server/create-server.js";
export {
  type AcceptSink,
  type Handshake,
  type IncomingSocket,
  LISTEN_BACKLOG,
  type ListenerDriver,
  type Refusal,
} from "./server/listener-driver.js";
export { type AcceptedSocket, addressOf, endsOf, PendingHandshakes } from "./server/pending-handshakes.js";
export { RejectedSockets } from "./server/rejected-sockets.js";
export { serverOptionNames } from "./server/server-options.js";
