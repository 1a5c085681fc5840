// For Bun: its upgrades of HTTP are not Node's, so the dialer is that of browsers, on the platform's WebSocket.

export { type WsDialerOptions, wsDialer } from "../browser/index.js";
export {
  createWsServer,
  type UpgradePeer,
  type UpgradeVerdict,
  type WsServer,
  type WsServerOptions,
  wsDefaults,
} from "../index.js";
