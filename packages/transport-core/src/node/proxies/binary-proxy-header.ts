import type { Address } from "../../contract/address.js";
import { ipAddress } from "./ip-address.js";
import type { ParsedProxyHeader } from "./parsed-proxy-header.js";

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
/** Signature, version and command, family, and the length of the rest. */
const FIXED_BYTES = 16;
/** The rest: addresses, and what proxies add behind them, such as a name of the client's certificate. */
const MAX_REST_BYTES = 4_096;

const LOCAL = 0x20;
const PROXY = 0x21;
/** The families of streams, with the bytes of their addresses and ports. */
const TCP4 = { code: 0x11, byteLength: 12 };
const TCP6 = { code: 0x21, byteLength: 36 };
const UNSPECIFIED = { code: 0x00, byteLength: 0 };
const UNIX = { code: 0x31, byteLength: 216 };
const families = [TCP4, TCP6, UNSPECIFIED, UNIX];

/** Parses a header of version 2, which is binary. */
export function parseBinaryHeader(bytes: Buffer): ParsedProxyHeader {
  const signature = bytes.subarray(0, SIGNATURE.length);
  if (!signature.equals(SIGNATURE.subarray(0, signature.length))) return "invalid";
  const [command, familyCode] = bytes.subarray(SIGNATURE.length);
  if (command === undefined) return "incomplete";
  if (command !== LOCAL && command !== PROXY) return "invalid";
  if (familyCode === undefined) return "incomplete";
  // Of a connection of the proxy itself, all but the length is to be ignored.
  const family = command === LOCAL ? UNSPECIFIED : families.find(({ code }) => code === familyCode);
  if (!family) return "invalid";
  if (bytes.length < FIXED_BYTES) return "incomplete";
  const restBytes = bytes.readUInt16BE(FIXED_BYTES - 2);
  if (restBytes < family.byteLength || restBytes > MAX_REST_BYTES) return "invalid";
  const byteLength = FIXED_BYTES + restBytes;
  if (bytes.length < byteLength) return "incomplete";
  return { byteLength, client: clientOf(family, bytes.subarray(FIXED_BYTES, byteLength)) };
}

/** @param rest source address, destination address, source port, destination port */
function clientOf(family: (typeof families)[number], rest: Buffer): Address | undefined {
  if (family === TCP4) return { host: rest.subarray(0, 4).join("."), port: rest.readUInt16BE(8) };
  if (family !== TCP6) return undefined;
  const groups = rest.toString("hex", 0, 16).match(/.{4}/g)!;
  return { host: ipAddress(groups.join(":"))!, port: rest.readUInt16BE(32) };
}
