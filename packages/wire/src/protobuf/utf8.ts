const encoder = /* @__PURE__ */ new TextEncoder();
// As protobuf wants it: invalid UTF-8 is an error, and a leading U+FEFF is text.
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** How many bytes a string takes in UTF-8, or -1 if it holds a lone surrogate and so has no UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else {
      bytes += 2;
      if (unit < 0xd800 || unit > 0xdfff) continue;
      // A pair is two units and four bytes; its second half is checked and stepped over here.
      const second = text.charCodeAt(++i);
      if (unit > 0xdbff || !(second >= 0xdc00 && second <= 0xdfff)) return -1;
    }
  }
  return bytes;
}

/** Writes a string that has UTF-8, for which there is room, and returns the position after it. */
export function writeUtf8(text: string, out: Uint8Array, at: number): number {
  return at + encoder.encodeInto(text, out.subarray(at)).written;
}

/** Reads the bytes from `start` to `end` as UTF-8. Throws the platform's TypeError if they are not. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
