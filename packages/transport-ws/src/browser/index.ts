export { type WsDialerOptions, wsDialer } from "./browser-dialer.js";
