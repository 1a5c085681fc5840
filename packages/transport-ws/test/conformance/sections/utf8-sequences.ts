import { greekWord } from "../conformance-case.js";

/** A text of certain bytes, and whether they are UTF-8 (RFC 3629 §4). */
export interface Utf8Sequence {
  readonly id: string;
  readonly states: string;
  readonly bytes: Buffer;
  readonly isValid: boolean;
}

type Series = readonly [id: string, states: string, isValid: boolean, hex: readonly string[]];

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
/** Each of these bytes with a space behind it. */
const lonely = (first: number, last: number) =>
  range(first, last)
    .map((byte) => `${byte.toString(16)}20`)
    .join("");
const hexOf = (text: string | Uint8Array) => Buffer.from(text as string).toString("hex");
const hexOfCodePoint = (codePoint: number) => hexOf(String.fromCodePoint(codePoint));

const cutSequences = [
  "c0",
  "e080",
  "f08080",
  "f8808080",
  "fc80808080",
  "df",
  "efbf",
  "f7bfbf",
  "fbbfbfbf",
  "fdbfbfbfbf",
];
const highSurrogates = ["eda080", "edadbf", "edae80", "edafbf"];
const lowSurrogates = ["edb080", "edbfbf"];
/** The last two code points of each plane. */
const nonCharacters = range(0, 16).flatMap((plane) => [plane * 0x1_0000 + 0xfffe, plane * 0x1_0000 + 0xffff]);

const series: readonly Series[] = [
  ["character", "a word or a character", true, [greekWord, "$", "¢", "€", "𤭢"].map(hexOf)],
  ["first", "the first character of its length", true, ["00", "c280", "e0a080", "f0908080"]],
  ["first-too-long", "the first sequence of five or six bytes", false, ["f888808080", "fc8480808080"]],
  ["last", "the last character of its length", true, ["7f", "dfbf", "efbfbf", "f48fbfbf"]],
  [
    "last-too-long",
    "the last sequence of its length, beyond Unicode,",
    false,
    ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"],
  ],
  ["border", "a character at a border", true, ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf"]],
  ["border-beyond", "the first sequence beyond U+10FFFF", false, ["f4908080"]],
  ["continuation", "one continuation byte alone", false, ["80", "bf"]],
  [
    "continuations",
    "continuation bytes alone",
    false,
    range(2, 6).map((count) => "80bf".repeat(3).slice(0, 2 * count)),
  ],
  ["continuations-all", "all continuation bytes", false, [Buffer.from(range(0x80, 0xbf)).toString("hex")]],
  [
    "lonely",
    "first bytes that are followed by a space",
    false,
    [lonely(0xc0, 0xdf), lonely(0xe0, 0xef), lonely(0xf0, 0xf7), lonely(0xf8, 0xfb), lonely(0xfc, 0xfd)],
  ],
  ["cut", "a sequence without its last byte", false, cutSequences],
  ["cut-all", "all such sequences in a row", false, [cutSequences.join("")]],
  ["impossible", "a byte that no character has", false, ["fe", "ff", "fefeffff"]],
  ["overlong-slash", "a slash in too many bytes", false, ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]],
  ["overlong", "the last overlong sequence", false, ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]],
  ["overlong-nul", "NUL in too many bytes", false, ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]],
  ["surrogate", "a single surrogate", false, [...highSurrogates, "edb080", "edbe80", "edbfbf"]],
  [
    "surrogates",
    "a pair of surrogates",
    false,
    highSurrogates.flatMap((high) => lowSurrogates.map((low) => high + low)),
  ],
  ["non-character", "a code point that is no character, but may be sent,", true, nonCharacters.map(hexOfCodePoint)],
  ["special", "a special code point", true, range(0xfff9, 0xffff).map(hexOfCodePoint)],
];

/** How many bytes of the word are whole characters. */
const wholeLengths = [2, 5, 7, 9, 11];

/** The word, cut after each of its bytes. */
const prefixes = range(1, greekWord.length).map((length) => ({
  id: `prefix-${length}`,
  states: `the first ${length} of the ${greekWord.length} bytes of a word`,
  bytes: greekWord.subarray(0, length),
  isValid: wholeLengths.includes(length),
}));

export const utf8Sequences: readonly Utf8Sequence[] = [
  ...prefixes,
  ...series.flatMap(([id, states, isValid, all]) =>
    all.map((hex) => ({
      id: `${id}-${hex.length > 12 ? all.indexOf(hex) + 1 : hex}`,
      states: `${states} ${shown(hex)}`,
      bytes: Buffer.from(hex, "hex"),
      isValid,
    })),
  ),
];

function shown(hex: string): string {
  return hex.length > 16 ? `(${hex.slice(0, 12)}…)` : `(${hex})`;
}
