import { type Dialer, TransportError } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { connOptionNames, reasonOf, rejectUnknownOptions, shownAddress } from "@im/transport-core/internal";
import {
  checkTlsDialerOptions,
  connectOptionNames,
  connectSocket,
  dialHost,
  netConnectOptions,
} from "@im/transport-core/node";
import { endsOnPath, parseTcpAddress } from "./tcp-address.js";
import { TcpConnDriver } from "./tcp-conn-driver.js";
import { socketOptions, type TcpDialerOptions } from "./tcp-options.js";

const optionNames = [...connOptionNames, ...connectOptionNames, "tls", "keepAliveMs"];

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
  const connectOptions = netConnectOptions(options);
  const { noDelay, keepAlive, keepAliveInitialDelay } = socketOptions(options.keepAliveMs);
  return {
    async dialAndHandshake(context) {
      const { tls = tlsOptions !== undefined, ...where } = parseTcpAddress(context.address);
      return dialHost(context, ({ opened, failed }, watch) => {
        const socket = connectSocket(where, connectOptions, tls ? { ...tlsOptions } : undefined);
        watch(socket, where);
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
          const known = "path" in where ? endsOnPath(where.path) : undefined;
          opened(createConn(new TcpConnDriver(socket, known)));
        });
        return () => socket.destroy();
      });
    },
  };
}
