export type { ConnectOptions, TlsDialerOptions, TlsServerOptions } from "@im/transport-core/node";
export type { PerMessageDeflateOptions } from "./compression/deflate-options.js";
export { wsDefaults } from "./ws-defaults.js";
export { wsDialer } from "./ws-dialer.js";
export type { UpgradePeer, UpgradeVerdict, WsDialerOptions, WsServer, WsServerOptions } from "./ws-options.js";
export { createWsServer } from "./ws-server.js";
