import { MAX_RESPONSE_BYTES } from "../max-response-bytes.js";

/** As many of the first entries as fit into one response, at least one. @param textOf what an entry holds besides numbers */
export function fitting<T>(entries: readonly T[], textOf: (entry: T) => readonly string[]): readonly T[] {
  let bytes = 0;
  for (const [count, entry] of entries.entries()) {
    bytes += 64 + textOf(entry).reduce((sum, text) => sum + utf8Bytes(text), 0);
    if (bytes > MAX_RESPONSE_BYTES && count > 0) return entries.slice(0, count);
  }
  return entries;
}

/** The bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Both halves of a pair count two: four bytes together.
    if (unit > 0x7f) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
