export { createChannel } from "./channel/create-channel.js";
export { HashChannelMap } from "./channel/hash-channel-map.js";
export type { OverflowPolicy } from "./conn/overflow-policy.js";
export type { Accepted, AcceptOptions, Acceptor } from "./contract/acceptor.js";
export { type Address, formatAddress } from "./contract/address.js";
export type { Agent } from "./contract/agent.js";
export type { Channel } from "./contract/channel.js";
export type { ChannelMap } from "./contract/channel-map.js";
export type { Client } from "./contract/client.js";
export { CloseCode } from "./contract/close-code.js";
export type { AbortOptions, Conn, FrameReceiver } from "./contract/conn.js";
export type { Dialer, DialerContext } from "./contract/dialer.js";
export { type Frame, isControl, isOpCode, MAX_CONTROL_PAYLOAD_BYTES, OpCode } from "./contract/frame.js";
export type {
  DistinguishedName,
  HandshakeInfo,
  PeerCertificate,
  TlsInfo,
  UpgradeRequest,
} from "./contract/handshake-info.js";
export type { Logger } from "./contract/logger.js";
export type { MessageListener } from "./contract/message-listener.js";
export type { Server, ShutdownOptions, ShutdownReport } from "./contract/server.js";
export type { ServiceRegistration } from "./contract/service-registration.js";
export type { StateListener } from "./contract/state-listener.js";
export type { DropReason, RefusalReason, TransportHooks } from "./contract/transport-hooks.js";
export { defaults } from "./defaults.js";
export type { ErrorContext, ErrorReporter } from "./error-reporter.js";
export { type CloseInfo, TransportError, type TransportErrorCode, transportErrorCodes } from "./errors.js";
export type { ChannelOptions, ConnOptions } from "./options.js";
export type { ServerOptions } from "./server/server-options.js";
