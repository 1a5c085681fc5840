const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
/** A pair, which may be missing, and what ends it. */
const PAIR = new RegExp(`[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*(;|,|$)`, "y");

/**
 * The parameter `for` of each element of a Forwarded header (RFC 7239 §4), in order; empty for an element without one. A
 * header that is malformed has no elements: its quotes may hide what a trusted proxy has added.
 */
export function forwardedFor(header: string): string[] {
  const elements: string[] = [];
  const pair = new RegExp(PAIR);
  let client = "";
  for (;;) {
    const [, name, token, quoted, end] = pair.exec(header) ?? [];
    if (end === undefined) return [];
    if (name?.toLowerCase() === "for") client = token ?? quoted!.replace(/\\(.)/g, "$1");
    if (end === ";") continue;
    elements.push(client);
    client = "";
    if (end === "") return elements;
  }
}
