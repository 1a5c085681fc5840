import type { Address } from "@im/transport-core";
import { invalidAddress } from "@im/transport-core/internal";

/** `ws://` and `wss://` URLs; `host:port` means `ws://host:port/`. @throws `IM_ERR_INVALID_ADDRESS` */
export function parseWsAddress(address: string): URL {
  if (/^(ws\+)?unix:/i.test(address)) {
    throw invalidAddress(
      address,
      "is a Unix domain socket, which this dialer does not support; write ws://host:port/path",
    );
  }
  const text = /^[a-z+]+:\/\//i.test(address) ? address : `ws://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Some platforms accept a space in a host and escape it.
  if (url && !/\s/.test(text) && (url.protocol === "ws:" || url.protocol === "wss:") && url.hash === "") return url;
  throw invalidAddress(
    address,
    "is not a WebSocket address; write ws://host:port/path, wss://host:port/path or host:port",
  );
}

export function isSecure(url: URL): boolean {
  return url.protocol === "wss:";
}

/** Where the server listens. */
export function socketAddressOf(url: URL): Address {
  const defaultPort = isSecure(url) ? 443 : 80;
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port) || defaultPort };
}
