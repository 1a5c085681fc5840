import { type ConnectionOptions, createSecureContext, type SecureContextOptions, type TlsOptions } from "node:tls";
import { type ConnOptions, type ServerOptions, TransportError } from "@im/transport-core";
import { checkWait } from "@im/transport-core/authoring";

/** How long a connection is silent before the system probes it, in milliseconds. */
export const DEFAULT_KEEP_ALIVE_MS = 60_000;

export interface TcpServerOptions extends ServerOptions {
  /** @default all addresses of the machine */
  readonly host?: string | undefined;
  /** @default 0: a free port, which `server.address` tells */
  readonly port?: number | undefined;
  /**
   * Listens on a Unix domain socket instead of host and port; without TLS. A socket there that a process has left behind,
   * and on which nobody listens any more, is taken over.
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

/** Socket options that server and dialer share. @throws `IM_ERR_INVALID_OPTION` */
export function socketOptions(keepAliveMs: number = DEFAULT_KEEP_ALIVE_MS) {
  checkWait("keepAliveMs", keepAliveMs);
  return { noDelay: true, keepAlive: Number.isFinite(keepAliveMs), keepAliveInitialDelay: keepAliveMs };
}

/** @throws `IM_ERR_INVALID_OPTION` for a key or certificate that TLS cannot use */
export function checkTls(tls: SecureContextOptions | undefined): void {
  if (tls === undefined) return;
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new TransportError("IM_ERR_INVALID_OPTION", `tls cannot be used: ${(cause as Error).message}`, { cause });
  }
}
