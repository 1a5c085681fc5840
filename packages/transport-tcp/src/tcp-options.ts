import type { ConnOptions, Server, ServerOptions } from "@im/transport-core";
import { checkWait } from "@im/transport-core/internal";
import type {
  ConnectOptions,
  ListenOptions,
  ProxyOptions,
  TlsDialerOptions,
  TlsServerOptions,
} from "@im/transport-core/node";

/** How long a connection must be silent before the system sends TCP keep-alive probes, in milliseconds. */
export const DEFAULT_KEEP_ALIVE_MS = 60_000;

export interface TcpServerOptions extends ServerOptions, ProxyOptions, ListenOptions {
  /**
   * Listens on a Unix domain socket instead of host and port; without TLS. If a process that was killed has left its socket
   * there, this server replaces it, under a lock file (`path` and `.im-lock`) while it does so.
   */
  readonly path?: string | undefined;
  /** Speaks TLS with these options of `tls.createServer`: `key` and `cert` at least. {@link TcpServer.updateTls} replaces them. */
  readonly tls?: TlsServerOptions | undefined;
  /** Silence before the system sends TCP keep-alive probes. @default {@link DEFAULT_KEEP_ALIVE_MS} */
  readonly keepAliveMs?: number | undefined;
}

/** What {@link createTcpServer} makes. */
export interface TcpServer extends Server {
  /**
   * Replaces options of `tls`, such as a certificate that expires: for handshakes that begin later, not for connections.
   * Options that are left out stay as they are.
   *
   * @throws `IM_ERR_INVALID_OPTION` if one cannot be used, and nothing is replaced; `IM_ERR_UNSUPPORTED` if the server was
   * made without `tls`
   */
  updateTls(tls: TlsServerOptions): void;
}

export interface TcpDialerOptions extends ConnOptions, ConnectOptions {
  /** Options of `tls.connect`, such as `ca`; used for `tls://` addresses, and for `host:port` if given. */
  readonly tls?: TlsDialerOptions | undefined;
  /** Silence before the system sends TCP keep-alive probes. @default {@link DEFAULT_KEEP_ALIVE_MS} */
  readonly keepAliveMs?: number | undefined;
}

/** Socket options of servers and dialers. @throws `IM_ERR_INVALID_OPTION` */
export function socketOptions(keepAliveMs: number = DEFAULT_KEEP_ALIVE_MS) {
  checkWait("keepAliveMs", keepAliveMs);
  return { noDelay: true, keepAlive: Number.isFinite(keepAliveMs), keepAliveInitialDelay: keepAliveMs };
}
