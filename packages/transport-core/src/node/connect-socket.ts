import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { domainToASCII } from "node:url";
import { checkFlag, checkLimit, invalidOption } from "../internal/check-options.js";
import { MAX_TIMER_MS } from "../internal/long-timer.js";

/** How a dialer on Node's sockets reaches a host. */
export interface ConnectOptions {
  /** Resolves names of hosts in place of `dns.lookup`, with the same parameters. */
  readonly lookup?: LookupFunction | undefined;
  /**
   * Tries the addresses of a host in turn, those of IPv6 and IPv4 alternately, until one connects (RFC 8305); otherwise the
   * first address only. @default `net.getDefaultAutoSelectFamily()`, which is true
   */
  readonly autoSelectFamily?: boolean | undefined;
  /**
   * How long an address may take before the next one is tried, in milliseconds, 10 at least; the last one has what is left
   * of the dial's time. @default `net.getDefaultAutoSelectFamilyAttemptTimeout()`, which is 250
   */
  readonly autoSelectFamilyAttemptTimeoutMs?: number | undefined;
}

export const connectOptionNames: readonly string[] = [
  "lookup",
  "autoSelectFamily",
  "autoSelectFamilyAttemptTimeoutMs",
] satisfies (keyof ConnectOptions)[];

/** The same by the names of `net.connect`. */
export type NetConnectOptions = Pick<
  ConnectionOptions & { autoSelectFamily?: boolean; autoSelectFamilyAttemptTimeout?: number },
  "lookup" | "autoSelectFamily" | "autoSelectFamilyAttemptTimeout"
>;

/** @throws `IM_ERR_INVALID_OPTION` */
export function netConnectOptions(options: ConnectOptions): NetConnectOptions {
  const { lookup, autoSelectFamily, autoSelectFamilyAttemptTimeoutMs: timeoutMs } = options;
  if (lookup !== undefined && typeof lookup !== "function") throw invalidOption("lookup", "a function", lookup);
  if (autoSelectFamily !== undefined) checkFlag("autoSelectFamily", autoSelectFamily);
  if (timeoutMs !== undefined) checkLimit("autoSelectFamilyAttemptTimeoutMs", timeoutMs);
  return {
    ...(lookup && { lookup }),
    ...(autoSelectFamily !== undefined && { autoSelectFamily }),
    ...(timeoutMs !== undefined && { autoSelectFamilyAttemptTimeout: Math.min(timeoutMs, MAX_TIMER_MS) }),
  };
}

/** A port of a host, or the path of a Unix domain socket. */
export type SocketTarget = { readonly host: string; readonly port: number } | { readonly path: string };

/** Begins to connect to a host, or to a Unix domain socket. @param tls begins a TLS handshake behind it */
export function connectSocket(where: SocketTarget, options: NetConnectOptions, tls?: ConnectionOptions): Socket {
  if (!tls) return connect({ ...options, ...where });
  const servername = "host" in where ? serverNameOf(where.host) : undefined;
  return connectTls({ ...options, ...(servername !== undefined && { servername }), ...tls, ...where });
}

/** The host that a TLS handshake is for (SNI, RFC 6066 §3): a name without its final dot, never an IP address. */
function serverNameOf(host: string): string | undefined {
  return isIP(host) === 0 ? domainToASCII(host).replace(/\.$/, "") : undefined;
}
