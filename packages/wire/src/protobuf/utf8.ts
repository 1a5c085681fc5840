const encoder = /* @__PURE__ */ new TextEncoder();
// As protobuf wants it: invalid UTF-8 is an error, and a leading U+FEFF is text.
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a string holds no lone surrogate, and so has UTF-8. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    // The second half of a pair is checked and stepped over here.
    const second = text.charCodeAt(++i);
    if (unit > 0xdbff || !(second >= 0xdc00 && second <= 0xdfff)) return false;
  }
  return true;
}

/** Writes a string for which there is room, a lone surrogate as U+FFFD, and returns the position after it. */
export function writeUtf8(text: string, out: Uint8Array, at: number): number {
  return at + encoder.encodeInto(text, out.subarray(at)).written;
}

/** Reads the bytes from `start` to `end` as UTF-8. Throws the platform's TypeError if they are not. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
