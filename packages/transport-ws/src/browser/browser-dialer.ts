import { type ConnOptions, type Dialer, TransportError } from "@im/transport-core";
import { connOptionNames, createConnFactory, dialWithin, rejectUnknownOptions } from "@im/transport-core/authoring";
import { parseWsAddress } from "../ws-address.js";
import { BrowserConnDriver } from "./browser-conn-driver.js";
import type { PlatformWebSocket, PlatformWebSocketClass } from "./platform-web-socket.js";

export interface WsDialerOptions extends ConnOptions {
  /** Subprotocols to offer. */
  readonly protocols?: readonly string[];
}

/**
 * A Dialer for `ws://` and `wss://` addresses, on the platform's own WebSocket; `host:port` means `ws://host:port/`.
 *
 * A page learns nothing about why a connection did not come about: but for subprotocols that are none
 * (`IM_ERR_INVALID_OPTION`) it is always `IM_ERR_CONNECT`.
 *
 * @throws `IM_ERR_INVALID_OPTION`, for options that only Node has as well (`headers`, `tls`)
 */
export function wsDialer(options: WsDialerOptions = {}): Dialer {
  rejectUnknownOptions(options, [...connOptionNames, "protocols"]);
  const createConn = createConnFactory(options);
  const protocols = [...(options.protocols ?? [])];
  return {
    async dialAndHandshake(context) {
      const url = parseWsAddress(context.address);
      return dialWithin(context, ({ opened, failed }) => {
        const webSocket = createWebSocket(url, protocols);
        webSocket.binaryType = "arraybuffer";
        webSocket.onopen = () => opened(createConn(new BrowserConnDriver(webSocket, url)));
        webSocket.onclose = () => failed(new TransportError("IM_ERR_CONNECT", `no connection to ${context.address}`));
        return () => webSocket.close();
      });
    },
  };
}

/**
 * @throws `IM_ERR_CONNECT` for what the platform refuses at once, such as `ws:` from a page that came by `https:`;
 * `IM_ERR_INVALID_OPTION` for subprotocols that are none
 */
function createWebSocket(url: URL, protocols: string[]): PlatformWebSocket {
  try {
    const { WebSocket } = globalThis as unknown as { WebSocket: PlatformWebSocketClass };
    return new WebSocket(url.href, protocols);
  } catch (cause) {
    const { name, message } = cause as Error;
    // The address has been parsed: what is wrong by its form can only be the subprotocols (WHATWG).
    const code = name === "SyntaxError" ? "IM_ERR_INVALID_OPTION" : "IM_ERR_CONNECT";
    throw new TransportError(code, `the platform does not connect to ${url.href}: ${message}`, { cause });
  }
}
