export { wsDefaults } from "./ws-defaults.js";
export { wsDialer } from "./ws-dialer.js";
export type { UpgradeVerdict, WsDialerOptions, WsServerOptions } from "./ws-options.js";
export { createWsServer } from "./ws-server.js";
