export type { DecoderSink } from "@im/transport-core/authoring";
export type { ConnectOptions, TlsDialerOptions, TlsServerOptions } from "@im/transport-core/node";
export { FrameDecoder } from "./framing/frame-decoder.js";
export { encodeFrame } from "./framing/frame-encoder.js";
export { tcpDialer } from "./tcp-dialer.js";
export { DEFAULT_KEEP_ALIVE_MS, type TcpDialerOptions, type TcpServer, type TcpServerOptions } from "./tcp-options.js";
export { createTcpServer } from "./tcp-server.js";
