// biome-ignore-all format: one line for each length
const { fromCharCode } = String;

/** The most bytes that {@link readShortAscii} reads; the platform's decoder is faster for more (measured on V8). */
export const SHORT_ASCII = 32;
/** The most bytes that one call makes a string of. Longer texts are two halves: rare, and each line below costs a page bytes. */
const PIECE = 16;

/**
 * Reads `length` bytes from `at` on as ASCII, or gives undefined when one is not, or when they are more than
 * {@link SHORT_ASCII}. A call of exactly as many arguments takes half the time of one with a list of them, and there is no
 * `new Function` in a browser that forbids it: hence the lines below. Reading a byte once, to check it and to pass it on,
 * takes two thirds of the time of reading it for each.
 */
export function readShortAscii(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length > SHORT_ASCII) return undefined;
  if (length > PIECE) {
    const first = readShortAscii(bytes, at, PIECE);
    const second = readShortAscii(bytes, at + PIECE, length - PIECE);
    return first === undefined || second === undefined ? undefined : first + second;
  }
  if (length === 0) return "";
  let all = 0;
  const b0 = bytes[at]!; all |= b0; if (length === 1) return all > 0x7f ? undefined : fromCharCode(b0);
  const b1 = bytes[at + 1]!; all |= b1; if (length === 2) return all > 0x7f ? undefined : fromCharCode(b0, b1);
  const b2 = bytes[at + 2]!; all |= b2; if (length === 3) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2);
  const b3 = bytes[at + 3]!; all |= b3; if (length === 4) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3);
  const b4 = bytes[at + 4]!; all |= b4; if (length === 5) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4);
  const b5 = bytes[at + 5]!; all |= b5; if (length === 6) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5);
  const b6 = bytes[at + 6]!; all |= b6; if (length === 7) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6);
  const b7 = bytes[at + 7]!; all |= b7; if (length === 8) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7);
  const b8 = bytes[at + 8]!; all |= b8; if (length === 9) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8);
  const b9 = bytes[at + 9]!; all |= b9; if (length === 10) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9);
  const b10 = bytes[at + 10]!; all |= b10; if (length === 11) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10);
  const b11 = bytes[at + 11]!; all |= b11; if (length === 12) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11);
  const b12 = bytes[at + 12]!; all |= b12; if (length === 13) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12);
  const b13 = bytes[at + 13]!; all |= b13; if (length === 14) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13);
  const b14 = bytes[at + 14]!; all |= b14; if (length === 15) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14);
  const b15 = bytes[at + 15]!; all |= b15; return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15);
}
