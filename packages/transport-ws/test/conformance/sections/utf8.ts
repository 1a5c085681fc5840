import {
  type ConformanceCase,
  continuation,
  fragmented,
  greekWord,
  pieces,
  type Section,
  text,
  unfinished,
} from "../conformance-case.js";
import { utf8Sequences } from "./utf8-sequences.js";

const rule = "RFC 6455 §8.1";
const valid = Buffer.from("Grüße, 世界 👋!");
/** A surrogate between two texts. */
const [before, surrogate, after] = [Buffer.from("before: 世界 "), Buffer.from("eda080", "hex"), Buffer.from(" after")];
const invalid = Buffer.concat([before, surrogate, after]);

const comesBack = (id: string, states: string, contents: readonly (string | Uint8Array)[]): ConformanceCase => ({
  id: `utf8/${id}`,
  states: `${states} comes back`,
  rule,
  steps: [
    {
      sends: fragmented(text(), contents),
      returns: [text(Buffer.concat(contents.map((content) => Buffer.from(content as string))))],
    },
  ],
});

const failsWith = (id: string, states: string, contents: readonly Uint8Array[]): ConformanceCase => ({
  id: `utf8/${id}`,
  states: `${states} fails the connection`,
  rule,
  steps: [{ sends: fragmented(text(), contents) }],
  fails: 1007,
});

/** A text whose last bytes are never sent: it can only fail before it ends. */
const failsEarly = (id: string, states: string, steps: ConformanceCase["steps"]): ConformanceCase => ({
  id: `utf8/early-${id}`,
  states: `${states} fails the connection before the text ends`,
  rule,
  steps,
  fails: 1007,
});

const cases: ConformanceCase[] = [
  comesBack("empty", "an empty text", [""]),
  comesBack("empty-fragments", "a text of three empty fragments", ["", "", ""]),
  comesBack("empty-around", "a text between an empty first and an empty last fragment", ["", valid, ""]),
  comesBack("valid", "a text with characters of one to four bytes", [valid]),
  comesBack("valid-in-two", "a text cut between two characters", [valid.subarray(0, 4), valid.subarray(4)]),
  comesBack("valid-by-byte", "a text in fragments of one byte", pieces(valid, 1)),
  comesBack("valid-greek-by-byte", "a Greek text in fragments of one byte", pieces(greekWord, 1)),
  failsWith("surrogate", "a text with a surrogate", [invalid]),
  failsWith("surrogate-by-byte", "a text with a surrogate, in fragments of one byte,", pieces(invalid, 1)),
  failsEarly("fragment", "an invalid second fragment of a text", [
    { sends: [text(before, unfinished), continuation(surrogate, unfinished)], writes: "frames" },
  ]),
  failsEarly("byte-in-fragment", "a fragment with the first invalid byte", [
    { sends: fragmented(text(), [...pieces(invalid, 1)]).slice(0, before.length + 2), writes: "frames" },
  ]),
  failsEarly("chunk", "an invalid chunk of a frame", [
    { sends: [text(invalid)], withheldBytes: after.length, writes: before.length },
  ]),
  failsEarly("byte-in-frame", "the first invalid byte of a frame", [
    { sends: [text(invalid)], withheldBytes: after.length + 1, writes: 1 },
  ]),
  ...utf8Sequences.map(({ id, states, bytes, isValid }) =>
    isValid ? comesBack(id, states, [bytes]) : failsWith(id, states, [bytes]),
  ),
];

export const utf8: Section = { title: "UTF-8", rules: `${rule}, RFC 3629 §3, §4`, cases };
