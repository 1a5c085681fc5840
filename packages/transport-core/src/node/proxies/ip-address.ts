import { isIPv4, isIPv6, SocketAddress } from "node:net";

/** An address as Node writes those of sockets (RFC 5952); undefined for what is none, or has a zone. */
export function ipAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return new SocketAddress({ address: text, family: "ipv6" }).address;
}
