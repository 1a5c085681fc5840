import { parseBinaryHeader } from "./binary-proxy-header.js";
import type { ParsedProxyHeader } from "./parsed-proxy-header.js";
import { isTextHeader, parseTextHeader } from "./text-proxy-header.js";

/**
 * Parses the PROXY header at the beginning of a connection, of version 1 or 2. It is bounded: a longer one is invalid as soon
 * as that is known.
 *
 * @param bytes all that was received so far, one byte at least
 */
export function parseProxyHeader(bytes: Buffer): ParsedProxyHeader {
  return isTextHeader(bytes) ? parseTextHeader(bytes) : parseBinaryHeader(bytes);
}
