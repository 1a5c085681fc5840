import { invalidAddress } from "@im/transport-core/internal";
import type { KnownAddresses } from "@im/transport-core/node";

/** Where a dialer connects to. */
export type TcpTarget =
  | { readonly host: string; readonly port: number; readonly tls: boolean | undefined }
  | { readonly path: string; readonly tls: false };

/** The addresses of both ends of a Unix domain socket. */
export function endsOnPath(path: string): KnownAddresses {
  const address = { host: path, port: 0 };
  return { local: address, remote: address };
}

/**
 * Reads an address: `tcp://host:port`, `tls://host:port`, `host:port` (TLS if the dialer has TLS options), or
 * `unix:/path/of/socket`. An IPv6 host stands in brackets.
 *
 * @throws `IM_ERR_INVALID_ADDRESS`
 */
export function parseTcpAddress(address: string): TcpTarget {
  const path = /^unix:(.+)$/s.exec(address)?.[1];
  if (path !== undefined) return { path, tls: false };
  const scheme = /^(tcp|tls):\/\//.exec(address)?.[1];
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})\/?$/.exec(
    scheme ? address.slice(scheme.length + 3) : address,
  ) ?? [undefined, undefined, undefined, "0"];
  const host = bracketed ?? plain;
  const portNumber = Number(port);
  if (host === undefined || portNumber < 1 || portNumber > 65535) {
    throw invalidAddress(
      address,
      "is not a TCP address; write tcp://host:port, tls://host:port, host:port or unix:/path",
    );
  }
  return { host, port: portNumber, tls: scheme ? scheme === "tls" : undefined };
}
