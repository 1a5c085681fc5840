import { addressKey } from "./address-key.js";

/** Loopback addresses (RFC 1122, RFC 4291), and those of private networks (RFC 1918, RFC 4193), where proxies stand. */
export function isPrivateAddress(host: string): boolean {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][\da-f]{2}:|0:0:0:0::)/.test(addressKey(host));
}
