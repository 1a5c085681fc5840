import type { IncomingMessage } from "node:http";
import { invalidOption } from "@im/transport-core/authoring";

/**
 * The path of a request's target, in its one normal form. The target is a path with a query perhaps, or a whole URL
 * (the absolute form, RFC 9112 §3.2.2), of which the path counts alone.
 */
export function pathOf({ url = "" }: IncomingMessage): string {
  const path = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)![1]!;
  return normalForm(path === "" ? "/" : path);
}

/** The option `path` as paths of requests are compared with it, and as clients dial it. @throws `IM_ERR_INVALID_OPTION` */
export function checkPath(path: string): string {
  const isDot = (segment: string) => /^(?:\.|%2e){1,2}$/i.test(segment);
  // What a URL takes for a query, a hash, a slash or nothing, and what it resolves, stands in no request.
  if (typeof path === "string" && /^\/[^?#\\\p{Cc}]*$/u.test(path) && !path.split("/").some(isDot)) {
    return normalForm(Buffer.from(path, "utf8").toString("latin1"));
  }
  throw invalidOption("path", "a path that begins with /, without a query, a hash and dot segments", path);
}

/**
 * RFC 3986 §6.2.2: what need not be escaped is not, what must be is, in upper case.
 *
 * @param path its bytes, as Node gives those of a request
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
