import { connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { domainToASCII } from "node:url";
import { type Dialer, TransportError } from "@im/transport-core";
import { createConnFactory, dialWithin } from "@im/transport-core/authoring";
import { connOptionNames, reasonOf, rejectUnknownOptions, shownAddress } from "@im/transport-core/internal";
import { checkTlsDialerOptions } from "@im/transport-core/node";
import { parseTcpAddress } from "./tcp-address.js";
import { TcpConnDriver } from "./tcp-conn-driver.js";
import { socketOptions, type TcpDialerOptions } from "./tcp-options.js";

const optionNames = [...connOptionNames, "tls", "keepAliveMs"];

/**
 * A Dialer for `tcp://host:port`, `tls://host:port`, `host:port` and `unix:/path`; there is no handshake but that of TLS.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function tcpDialer(options: TcpDialerOptions = {}): Dialer {
  rejectUnknownOptions(options, optionNames);
  const createConn = createConnFactory(options);
  const { tls: tlsOptions } = options;
  checkTlsDialerOptions(tlsOptions);
  const { noDelay, keepAlive, keepAliveInitialDelay } = socketOptions(options.keepAliveMs);
  return {
    async dialAndHandshake(context) {
      const { tls = tlsOptions !== undefined, ...where } = parseTcpAddress(context.address);
      return dialWithin(context, ({ opened, failed }) => {
        const socket = tls ? connectTls({ ...serverNameOf(where), ...tlsOptions, ...where }) : connect(where);
        let connected = false;
        socket.once("connect", () => {
          connected = true;
          // `tls.connect` ignores them as options.
          socket.setNoDelay(noDelay).setKeepAlive(keepAlive, keepAliveInitialDelay);
        });
        socket.once("error", (cause) => {
          // After the connection only the TLS handshake can fail.
          const code = connected ? "IM_ERR_HANDSHAKE" : "IM_ERR_CONNECT";
          const what = connected ? "the TLS handshake with" : "connecting to";
          failed(
            new TransportError(code, `${what} ${shownAddress(context.address)} failed: ${reasonOf(cause)}`, { cause }),
          );
        });
        socket.once(tls ? "secureConnect" : "connect", () => {
          const path = "path" in where ? where.path : undefined;
          opened(createConn(new TcpConnDriver(socket, path)));
        });
        return () => socket.destroy();
      });
    },
  };
}

/** The host that the TLS handshake is for (SNI, RFC 6066 §3): a name without its final dot, never an IP address. */
function serverNameOf(where: { readonly host: string } | { readonly path: string }): { servername?: string } {
  if (!("host" in where) || isIP(where.host) !== 0) return {};
  return { servername: domainToASCII(where.host).replace(/\.$/, "") };
}
