/** One end of a connection. For a Unix domain socket `host` is its path and `port` is 0. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, `[v6]:port`, or the path of a Unix domain socket. */
export function formatAddress({ host, port }: Address): string {
  if (port === 0) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
