import type { IncomingMessage } from "node:http";
import { invalidOption } from "@im/transport-core/internal";

/**
 * The path of a request's target, normalized. The target is a path, with or without a query, or a whole URL (the absolute
 * form, RFC 9112 §3.2.2), of which only the path counts.
 */
export function pathOf({ url = "" }: IncomingMessage): string {
  const path = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)![1]!;
  return normalForm(path === "" ? "/" : path);
}

/** Checks and normalizes the option `path`. @throws `IM_ERR_INVALID_OPTION` */
export function checkPath(path: string): string {
  const isDot = (segment: string) => /^(?:\.|%2e){1,2}$/i.test(segment);
  // No request has a path with these: a URL parses them as query, hash or slash, drops them, or resolves them.
  if (typeof path === "string" && /^\/[^?#\\\p{Cc}]*$/u.test(path) && !path.split("/").some(isDot)) {
    return normalForm(Buffer.from(path, "utf8").toString("latin1"));
  }
  throw invalidOption("path", "a path that begins with /, without a query, a hash and dot segments", path);
}

/**
 * Normalizes by RFC 3986 §6.2.2: escapes only the characters that need it, in upper case.
 *
 * @param path a byte per character, as Node gives the path of a request
 */
function normalForm(path: string): string {
  const escaped = path.replace(
    /[^\w\-.~!$&'()*+,;=:@/%]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return escaped.replace(/%[\da-f]{2}/gi, (octet) => {
    const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
    return /[\w\-.~]/.test(character) ? character : octet.toUpperCase();
  });
}
