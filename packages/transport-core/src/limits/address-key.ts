const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What connections per address are counted by: an IPv4 address, or the /64 of an IPv6 address, since that is what one
 * subscriber gets (RFC 6177). An IPv4 address that is written as IPv6 (RFC 4291 §2.5.5.2) is the IPv4 address.
 */
export function addressKey(host: string): string {
  if (!host.includes(":")) return host;
  const mapped = IPV4_MAPPED.exec(host)?.[1];
  if (mapped !== undefined) return mapped;
  const [front = "", back] = host.replace(/%.*$/, "").split("::");
  const head = groups(front);
  const tail = back === undefined ? [] : groups(back);
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  const network = [...head, ...zeros, ...tail].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
