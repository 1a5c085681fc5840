import { binary, bytesOfLength, type ConformanceCase, type Section, text, textOfBytes } from "../conformance-case.js";

const rule = "RFC 6455 §5.2";
/** On both sides of where the length takes 7, 16 or 64 bits. */
const lengths = [0, 125, 126, 127, 128, 65_535, 65_536];
const cutLength = 65_536;
const writeBytes = 997;

const kinds = [
  { name: "text", message: (length: number) => text(textOfBytes(length)) },
  { name: "binary", message: (length: number) => binary(bytesOfLength(length)) },
];

const cases = kinds.flatMap(({ name, message }): ConformanceCase[] => [
  ...lengths.map((length) => ({
    id: `framing/${name}-${length}`,
    states: `a ${name} message of ${length} bytes comes back`,
    rule,
    steps: [{ sends: [message(length)], returns: [message(length)] }],
  })),
  {
    id: `framing/${name}-${cutLength}-cut`,
    states: `a ${name} message of ${cutLength} bytes that leaves in writes of ${writeBytes} comes back`,
    rule,
    steps: [{ sends: [message(cutLength)], writes: writeBytes, returns: [message(cutLength)] }],
  },
]);

export const dataFraming: Section = { title: "Data framing", rules: rule, cases };
