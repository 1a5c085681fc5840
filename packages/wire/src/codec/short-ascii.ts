// biome-ignore-all format: one line for each length
const { fromCharCode } = String;

/** The most bytes that {@link readShortAscii} reads; the platform's decoder is faster for more (measured on V8). */
export const SHORT_ASCII = 32;

/**
 * Reads `length` bytes from `at` on as ASCII, or gives undefined when one is not, or when they are more than
 * {@link SHORT_ASCII}. A call of exactly as many arguments takes half the time of one with a list of them, and there is no
 * `new Function` in a browser that forbids it: hence the lines below. Reading a byte once, to check it and to pass it on,
 * takes two thirds of the time of reading it for each.
 */
export function readShortAscii(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length > SHORT_ASCII) return undefined;
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
  const b15 = bytes[at + 15]!; all |= b15; if (length === 16) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15);
  const b16 = bytes[at + 16]!; all |= b16; if (length === 17) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16);
  const b17 = bytes[at + 17]!; all |= b17; if (length === 18) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17);
  const b18 = bytes[at + 18]!; all |= b18; if (length === 19) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18);
  const b19 = bytes[at + 19]!; all |= b19; if (length === 20) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19);
  const b20 = bytes[at + 20]!; all |= b20; if (length === 21) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20);
  const b21 = bytes[at + 21]!; all |= b21; if (length === 22) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21);
  const b22 = bytes[at + 22]!; all |= b22; if (length === 23) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22);
  const b23 = bytes[at + 23]!; all |= b23; if (length === 24) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23);
  const b24 = bytes[at + 24]!; all |= b24; if (length === 25) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24);
  const b25 = bytes[at + 25]!; all |= b25; if (length === 26) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25);
  const b26 = bytes[at + 26]!; all |= b26; if (length === 27) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26);
  const b27 = bytes[at + 27]!; all |= b27; if (length === 28) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27);
  const b28 = bytes[at + 28]!; all |= b28; if (length === 29) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28);
  const b29 = bytes[at + 29]!; all |= b29; if (length === 30) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28, b29);
  const b30 = bytes[at + 30]!; all |= b30; if (length === 31) return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28, b29, b30);
  const b31 = bytes[at + 31]!; all |= b31; return all > 0x7f ? undefined : fromCharCode(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28, b29, b30, b31);
}
