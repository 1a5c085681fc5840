import { isIPv4 } from "node:net";
import { ipAddress } from "./ip-address.js";
import type { ParsedProxyHeader } from "./parsed-proxy-header.js";

/** With its CRLF: the longest line that the protocol allows. */
const MAX_LINE_BYTES = 107;
const PREFIX = "PROXY ";
const LINE = /^PROXY (TCP4|TCP6) (\S+) (\S+) (\d+) (\d+)$/;
const UNKNOWN_LINE = /^PROXY UNKNOWN(?: .*)?$/;

/** Whether it begins as a header of version 1, which is a line of text. */
export function isTextHeader(bytes: Buffer): boolean {
  return bytes[0] === PREFIX.charCodeAt(0);
}

/** Parses a header of version 1, such as `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`. */
export function parseTextHeader(bytes: Buffer): ParsedProxyHeader {
  const text = bytes.toString("latin1", 0, MAX_LINE_BYTES);
  if (!PREFIX.startsWith(text.slice(0, PREFIX.length))) return "invalid";
  const end = text.search(/[\r\n]/);
  const hasRoom = bytes.length < MAX_LINE_BYTES;
  if (end < 0 || (text[end] === "\r" && end + 1 === bytes.length)) return hasRoom ? "incomplete" : "invalid";
  if (!text.startsWith("\r\n", end)) return "invalid";
  const line = text.slice(0, end);
  const byteLength = end + 2;
  if (UNKNOWN_LINE.test(line)) return { byteLength, client: undefined };
  const [, family, source, destination, ...ports] = LINE.exec(line) ?? [];
  if (!isAddress(family, source) || !isAddress(family, destination) || !ports.every(isPort)) return "invalid";
  return { byteLength, client: { host: ipAddress(source)!, port: Number(ports[0]) } };
}

function isAddress(family: string | undefined, text: string | undefined): text is string {
  return text !== undefined && ipAddress(text) !== undefined && isIPv4(text) === (family === "TCP4");
}

function isPort(digits: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(digits) && Number(digits) <= 65_535;
}
