const CORPUS_BYTES = 192 * 1024;
const TEXT = 1;
const BINARY = 2;

/** Content of one kind, of which messages are cut. */
export interface Corpus {
  readonly name: string;
  readonly states: string;
  readonly opCode: number;
  /** So many bytes, from another place for each index; a text stays UTF-8. */
  readonly cut: (byteLength: number, index: number) => Uint8Array;
}

/** The same sequence of numbers below `limit` at each run. */
function numbers(): (limit: number) => number {
  let state = 0x2545f491;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const next = numbers();
const words = "the of message channel server frame reads writes closes Größe naïve 世界 κόσμε 👋 and".split(" ");
const word = () => words[next(words.length)]!;

const record = () => JSON.stringify({ id: next(1_000_000), name: word(), tags: [word(), word()], seen: next(2) === 0 });
const paragraph = () => `<p class="${word()}">${word()} <a href="/${next(10_000)}">${word()}</a> ${word()}</p>\n`;
const sentence = () => `${Array.from({ length: 4 + next(9) }, word).join(" ")}. `;
const line = () => `${next(1_000_000_000)}\n`;

function bytesOf(part: () => string): Buffer {
  let text = "";
  while (text.length < CORPUS_BYTES) text += part();
  return Buffer.from(text);
}

/** A gradient with noise, which compresses little. */
const pixels = Buffer.from(Array.from({ length: CORPUS_BYTES }, (_, i) => ((i >> 6) + next(9)) & 0xff));

function corpus(name: string, states: string, opCode: number, bytes: Buffer): Corpus {
  return {
    name,
    states,
    opCode,
    cut(byteLength, index) {
      const start = (index * 7_919) % (bytes.length - byteLength);
      const cut = bytes.subarray(start, start + byteLength);
      return opCode === BINARY ? cut : wholeCharacters(cut);
    },
  };
}

/** The text with its cut characters replaced, and of the same length. */
function wholeCharacters(cut: Buffer): Buffer {
  const text = Buffer.from(cut.toString().replaceAll("\ufffd", "?"));
  return Buffer.concat([text, Buffer.alloc(cut.length - text.length, ".")]);
}

export const corpora: readonly Corpus[] = [
  corpus("json", "records of JSON", TEXT, bytesOf(record)),
  corpus("pixels", "pixels", BINARY, pixels),
  corpus("prose", "prose in several scripts", TEXT, bytesOf(sentence)),
  corpus("html", "HTML", TEXT, bytesOf(paragraph)),
  corpus("digits", "digits", TEXT, bytesOf(line)),
];
