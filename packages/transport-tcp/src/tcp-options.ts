import type { ConnectionOptions, TlsOptions } from "node:tls";
import type { ConnOptions, ServerOptions } from "@im/transport-core";
import { checkWait } from "@im/transport-core/internal";

/** How long a connection must be silent before the system sends TCP keep-alive probes, in milliseconds. */
export const DEFAULT_KEEP_ALIVE_MS = 60_000;

export interface TcpServerOptions extends ServerOptions {
  /** @default all addresses of the machine */
  readonly host?: string | undefined;
  /** @default 0: a free port; `server.address` has it */
  readonly port?: number | undefined;
  /**
   * Listens on a Unix domain socket instead of host and port; without TLS. If a process that was killed has left its socket
   * there, this server replaces it, under a lock file (`path` and `.im-lock`) while it does so.
   */
  readonly path?: string | undefined;
  /** Speaks TLS with these options of `tls.createServer`: `key` and `cert` at least. */
  readonly tls?: TlsOptions | undefined;
  /** Silence before the system sends TCP keep-alive probes. @default {@link DEFAULT_KEEP_ALIVE_MS} */
  readonly keepAliveMs?: number | undefined;
}

export interface TcpDialerOptions extends ConnOptions {
  /** Options of `tls.connect`, such as `ca`; used for `tls://` addresses, and for `host:port` if given. */
  readonly tls?: ConnectionOptions | undefined;
  /** Silence before the system sends TCP keep-alive probes. @default {@link DEFAULT_KEEP_ALIVE_MS} */
  readonly keepAliveMs?: number | undefined;
}

/** Socket options of servers and dialers. @throws `IM_ERR_INVALID_OPTION` */
export function socketOptions(keepAliveMs: number = DEFAULT_KEEP_ALIVE_MS) {
  checkWait("keepAliveMs", keepAliveMs);
  return { noDelay: true, keepAlive: Number.isFinite(keepAliveMs), keepAliveInitialDelay: keepAliveMs };
}
