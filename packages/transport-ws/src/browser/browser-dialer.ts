import { type ConnOptions, type Dialer, TransportError } from "@im/transport-core";
import { createConnFactory, dialWithin } from "@im/transport-core/authoring";
import { connOptionNames, rejectUnknownOptions, shownAddress } from "@im/transport-core/internal";
import { checkProtocols } from "../subprotocols.js";
import { parseWsAddress } from "../ws-address.js";
import { BrowserConnDriver } from "./browser-conn-driver.js";
import type { PlatformWebSocket, PlatformWebSocketClass } from "./platform-web-socket.js";

export interface WsDialerOptions extends ConnOptions {
  /** Subprotocols to offer. */
  readonly protocols?: readonly string[] | undefined;
}

/**
 * A Dialer for `ws://` and `wss://` addresses, on the platform's own WebSocket; `host:port` means `ws://host:port/`.
 *
 * The platform does not say why it could not connect: any such failure is `IM_ERR_CONNECT`. `IM_ERR_HANDSHAKE` means that the
 * server chose a subprotocol that was not offered, or none of those offered; `IM_ERR_UNSUPPORTED` means that the platform has
 * no WebSocket.
 *
 * @throws `IM_ERR_INVALID_OPTION`, for options that only Node has as well (`headers`, `tls`)
 */
export function wsDialer(options: WsDialerOptions = {}): Dialer {
  rejectUnknownOptions(options, [...connOptionNames, "protocols"]);
  const createConn = createConnFactory(options);
  const protocols = checkProtocols(options);
  return {
    async dialAndHandshake(context) {
      const url = parseWsAddress(context.address);
      const where = shownAddress(context.address);
      return dialWithin(context, ({ opened, failed }) => {
        const webSocket = createWebSocket(url, protocols);
        const noConnection = () => failed(new TransportError("IM_ERR_CONNECT", `no connection to ${where}`));
        webSocket.binaryType = "arraybuffer";
        webSocket.onopen = () => {
          // Not all platforms check it, as they should (RFC 6455 §4.1).
          const { protocol } = webSocket;
          if (protocols.length > 0 ? protocols.includes(protocol) : protocol === "") {
            return opened(createConn(new BrowserConnDriver(webSocket, url)));
          }
          webSocket.close();
          const answer = `${where} agrees on the subprotocol ${JSON.stringify(protocol)}, which was not offered`;
          failed(new TransportError("IM_ERR_HANDSHAKE", answer));
        };
        // If the policy of the page or the platform forbids it, some platforms emit no 'close'.
        webSocket.onerror = noConnection;
        webSocket.onclose = noConnection;
        return () => webSocket.close();
      });
    },
  };
}

/**
 * @throws `IM_ERR_CONNECT` for an address that the platform refuses at once, such as `ws:` from a page loaded by `https:`;
 * `IM_ERR_UNSUPPORTED`
 */
function createWebSocket(url: URL, protocols: string[]): PlatformWebSocket {
  const { WebSocket } = globalThis as unknown as { WebSocket?: PlatformWebSocketClass };
  if (!WebSocket) throw new TransportError("IM_ERR_UNSUPPORTED", "this platform has no WebSocket");
  try {
    return new WebSocket(url.href, protocols);
  } catch (cause) {
    const where = shownAddress(url.href);
    // Some platforms quote the address.
    const reason = (cause as Error).message.replaceAll(url.href, where);
    const message = `the platform does not connect to ${where}: ${reason}`;
    throw new TransportError("IM_ERR_CONNECT", message, { cause });
  }
}
