const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** A header of version 2: fields as they stand in it, right or wrong. */
export function binaryHeader({
  command = 0x21,
  family = 0x11,
  rest = Buffer.alloc(0),
  restBytes = rest.length,
}: {
  readonly command?: number;
  readonly family?: number;
  readonly rest?: Buffer;
  readonly restBytes?: number;
}): Buffer {
  const fixed = Buffer.from([command, family, restBytes >> 8, restBytes & 0xff]);
  return Buffer.concat([SIGNATURE, fixed, rest]);
}

/** Addresses and ports of a header of version 2. */
function ends(source: string, destination: string, sourcePort: number): Buffer {
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(sourcePort, 0);
  ports.writeUInt16BE(443, 2);
  return Buffer.concat([Buffer.from(source, "hex"), Buffer.from(destination, "hex"), ports]);
}

const line = (text: string) => Buffer.from(`PROXY ${text}\r\n`, "latin1");
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** A header that is valid, and what it says; no address for a connection of the proxy itself. */
export interface ValidHeader {
  readonly what: string;
  readonly bytes: Buffer;
  readonly client: { readonly host: string; readonly port: number } | undefined;
}

const v4 = ends("cb007109", "c0000201", 40_000);
const v6 = ends("20010db8000000000000000000000009", "20010db8000000000000000000000001", 40_000);
const of = (host: string, port = 40_000) => ({ host, port });

/** Fifty, of both versions. */
export const validHeaders: readonly ValidHeader[] = [
  ...["1.2.3.4", "203.0.113.9", "255.255.255.255", "0.0.0.0"].map((host) => ({
    what: `a line for ${host}`,
    bytes: line(`TCP4 ${host} 192.0.2.1 40000 443`),
    client: of(host),
  })),
  ...[0, 1, 9, 80, 1_023, 9_999, 10_000, 49_152, 59_999, 65_535].map((port) => ({
    what: `a line with port ${port}`,
    bytes: line(`TCP4 203.0.113.9 192.0.2.1 ${port} 65535`),
    client: of("203.0.113.9", port),
  })),
  ...(
    [
      ["2001:db8::9", "2001:db8::9"],
      ["2001:DB8:0:0:0:0:0:9", "2001:db8::9"],
      ["::1", "::1"],
      ["::", "::"],
      ["fe80::1", "fe80::1"],
      ["::ffff:203.0.113.9", "::ffff:203.0.113.9"],
      ["::ffff:cb00:7109", "::ffff:203.0.113.9"],
      ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ] as const
  ).map(([text, host]) => ({
    what: `a line for ${text}`,
    bytes: line(`TCP6 ${text} ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 40000 443`),
    client: of(host),
  })),
  ...["UNKNOWN", "UNKNOWN ", "UNKNOWN TCP4 203.0.113.9", `UNKNOWN ${"x".repeat(91)}`].map((text) => ({
    what: `the line ${text.slice(0, 30)}`,
    bytes: line(text),
    client: undefined,
  })),
  { what: "version 2 for IPv4", bytes: binaryHeader({ rest: v4 }), client: of("203.0.113.9") },
  { what: "version 2 for IPv6", bytes: binaryHeader({ family: 0x21, rest: v6 }), client: of("2001:db8::9") },
  {
    what: "version 2 for IPv4 in IPv6",
    bytes: binaryHeader({ family: 0x21, rest: ends(`${"0".repeat(20)}ffffcb007109`, "0".repeat(32), 7) }),
    client: of("::ffff:203.0.113.9", 7),
  },
  ...[0, 1, 255, 256, 65_535].map((port) => ({
    what: `version 2 with port ${port}`,
    bytes: binaryHeader({ rest: ends("cb007109", "c0000201", port) }),
    client: of("203.0.113.9", port),
  })),
  ...[3, 4, 20, 260, 4_084].map((length) => ({
    what: `version 2 with ${length} bytes behind the addresses`,
    bytes: binaryHeader({ rest: Buffer.concat([v4, Buffer.alloc(length, 0xea)]) }),
    client: of("203.0.113.9"),
  })),
  ...[3, 100].map((length) => ({
    what: `version 2 for IPv6 with ${length} bytes behind the addresses`,
    bytes: binaryHeader({ family: 0x21, rest: Buffer.concat([v6, Buffer.alloc(length, 0x0a)]) }),
    client: of("2001:db8::9"),
  })),
  { what: "version 2 of no family", bytes: binaryHeader({ family: 0 }), client: undefined },
  { what: "version 2 of no family, with bytes", bytes: binaryHeader({ family: 0, rest: v4 }), client: undefined },
  {
    what: "version 2 of a Unix domain socket",
    bytes: binaryHeader({ family: 0x31, rest: Buffer.alloc(216, 0x2f) }),
    client: undefined,
  },
  ...[0x00, 0x11, 0x21, 0x31, 0x12, 0xff].map((family) => ({
    what: `version 2, LOCAL, family ${family}`,
    bytes: binaryHeader({ command: 0x20, family, rest: family === 0xff ? v4 : Buffer.alloc(0) }),
    client: undefined,
  })),
];

const wrongAddresses = [
  ...["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.04", "0x1.2.3.4", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "localhost"],
  ...["1.2.3.4:80", "[1.2.3.4]", "1,2,3,4", "2001:db8::9", "::ffff:1.2.3.4", "1.2.3.4/8", "1.2.3.4\0", "١.2.3.4"],
];
const wrongAddresses6 = [
  ...["", ":", ":::", "2001:db8", "2001:db8::9::1", "2001:db8:0:0:0:0:0:0:9", "g::1", "12345::1", "[::1]", "::1%lo"],
  ...["::1/64", "1.2.3.4", "::ffff:1.2.3", "::ffff:256.1.1.1", "fe80::1%eth0", "::1:", " ::1", "::1 ", "::\0"],
];
const wrongPorts = [
  "",
  "-1",
  "+1",
  "00",
  "01",
  "080",
  "65536",
  "99999",
  "100000",
  "1e3",
  "0x50",
  "80.0",
  " 80",
  "80 ",
  "a",
];

/** Two hundred that are not valid: each breaks one rule. */
export const malformedHeaders: readonly { readonly what: string; readonly bytes: Buffer }[] = [
  ...wrongAddresses.flatMap((address) => [
    { what: `source ${address}`, bytes: line(`TCP4 ${address} 192.0.2.1 40000 443`) },
    { what: `destination ${address}`, bytes: line(`TCP4 203.0.113.9 ${address} 40000 443`) },
  ]),
  ...wrongAddresses6.flatMap((address) => [
    { what: `source ${address} of TCP6`, bytes: line(`TCP6 ${address} ::1 40000 443`) },
    { what: `destination ${address} of TCP6`, bytes: line(`TCP6 ::1 ${address} 40000 443`) },
  ]),
  ...wrongPorts.flatMap((port) => [
    { what: `source port ${port}`, bytes: line(`TCP4 203.0.113.9 192.0.2.1 ${port} 443`) },
    { what: `destination port ${port}`, bytes: line(`TCP4 203.0.113.9 192.0.2.1 40000 ${port}`) },
  ]),
  ...["TCP", "TCP5", "TCP44", "tcp4", "UDP4", "UNIX", "unknown", "UNKNOWNX", "Unknown", ""].map((family) => ({
    what: `family ${family}`,
    bytes: line(`${family} 203.0.113.9 192.0.2.1 40000 443`),
  })),
  ...["proxy ", "PROXY\t", "PROXYTCP4 ", "Proxy ", "PROXZ ", " PROXY ", "POST / ", "PRI * ", "PROXY  "].map(
    (prefix) => ({
      what: `prefix ${prefix}`,
      bytes: Buffer.from(`${prefix}TCP4 203.0.113.9 192.0.2.1 40000 443\r\n`),
    }),
  ),
  ...["\n", "\r\r\n", "\rx\n", " \r\n", "\n\r\n", "\0\r\n", " 1\r\n"].map((ending) => ({
    what: `ending ${JSON.stringify(ending)}`,
    bytes: Buffer.from(`PROXY TCP4 203.0.113.9 192.0.2.1 40000 443${ending}`, "latin1"),
  })),
  ...["TCP4", "TCP4 203.0.113.9", "TCP4 203.0.113.9 192.0.2.1", "TCP4 203.0.113.9 192.0.2.1 40000"].map((text) => ({
    what: `the line ${text}`,
    bytes: line(text),
  })),
  ...[92, 93, 200, 5_000].map((length) => ({
    what: `a line of ${length + 16} bytes`,
    bytes: line(`UNKNOWN ${"x".repeat(length)}`),
  })),
  ...times(12, (at) => {
    const bytes = binaryHeader({ rest: v4 });
    bytes[at]! ^= 0x20;
    return { what: `a signature with another byte ${at}`, bytes };
  }),
  ...[0x00, 0x01, 0x11, 0x12, 0x22, 0x2f, 0x30, 0x31, 0x41, 0xf1, 0xff].map((command) => ({
    what: `version and command ${command}`,
    bytes: binaryHeader({ command, rest: v4 }),
  })),
  ...[0x01, 0x02, 0x10, 0x12, 0x13, 0x20, 0x22, 0x30, 0x32, 0x41, 0xff].map((family) => ({
    what: `family ${family} of version 2`,
    bytes: binaryHeader({ family, rest: Buffer.alloc(216) }),
  })),
  ...[0, 1, 4, 8, 10, 11].map((length) => ({
    what: `IPv4 in ${length} bytes`,
    bytes: binaryHeader({ rest: v4.subarray(0, length) }),
  })),
  ...[0, 12, 16, 32, 34, 35].map((length) => ({
    what: `IPv6 in ${length} bytes`,
    bytes: binaryHeader({ family: 0x21, rest: v6.subarray(0, length) }),
  })),
  ...[0, 108, 215].map((length) => ({
    what: `a Unix domain socket in ${length} bytes`,
    bytes: binaryHeader({ family: 0x31, rest: Buffer.alloc(length) }),
  })),
  ...[4_097, 5_000, 16_384, 65_535].flatMap((restBytes) =>
    [0x20, 0x21].map((command) => ({
      what: `${restBytes} bytes announced, command ${command}`,
      bytes: binaryHeader({ command, rest: Buffer.alloc(restBytes) }),
    })),
  ),
  ...["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", "\x03\x00\x00\x00\x05alice", "\r\n", "\0\0\0\0"].map(
    (bytes) => ({
      what: `no header but ${JSON.stringify(bytes.slice(0, 8))}`,
      bytes: Buffer.from(`${bytes}${"-".repeat(20)}`, "latin1"),
    }),
  ),
];
