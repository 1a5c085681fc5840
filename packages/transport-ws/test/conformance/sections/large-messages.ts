import {
  binary,
  bytesOfLength,
  type ConformanceCase,
  type FrameData,
  fragmented,
  pieces,
  type Section,
  text,
  textOfBytes,
} from "../conformance-case.js";

const rule = "RFC 6455 §5.2, §5.4";
const KiB = 1024;
const MiB = 1024 * KiB;

const wholeLengths = [64 * KiB, 256 * KiB, 1 * MiB, 4 * MiB, 8 * MiB, 16 * MiB];
const fragmentLengths = [64, 256, 1 * KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, 1 * MiB, 4 * MiB];
const writeLengths = [64, 128, 256, 512, 1 * KiB, 2 * KiB];
const manyLengths = [0, 16, 64, 256, 1 * KiB, 4 * KiB];
const many = 1_000;

const kinds = [
  { name: "text", message: (length: number) => text(textOfBytes(length)) },
  { name: "binary", message: (length: number) => binary(bytesOfLength(length)) },
];

/** The steps are made when the case runs: all together they are a gigabyte. */
function large(name: string, states: string, makeSteps: () => ConformanceCase["steps"]): ConformanceCase {
  return {
    id: `large/${name}`,
    states: `${states} comes back`,
    rule,
    get steps() {
      return makeSteps();
    },
  };
}

function echoed(message: FrameData, sends = [message]) {
  return { sends, returns: [message] };
}

const casesOf = ({ name, message }: (typeof kinds)[number]): ConformanceCase[] => [
  ...wholeLengths.map((length) =>
    large(`${name}-${length}`, `a ${name} message of ${shown(length)} in one frame`, () => [echoed(message(length))]),
  ),
  ...fragmentLengths.map((length) =>
    large(`${name}-fragments-${length}`, `a ${name} message of 4 MiB in fragments of ${shown(length)}`, () => {
      const whole = message(4 * MiB);
      return [echoed(whole, fragmented(whole, pieces(whole.payload, length)))];
    }),
  ),
  ...writeLengths.map((length) =>
    large(`${name}-writes-${length}`, `a ${name} message of 1 MiB in writes of ${shown(length)}`, () => [
      { ...echoed(message(1 * MiB)), writes: length },
    ]),
  ),
  ...manyLengths.map((length) =>
    large(`${name}-many-${length}`, `each of ${many} ${name} messages of ${shown(length)}, one by one,`, () =>
      Array(many).fill(echoed(message(length))),
    ),
  ),
];

function shown(length: number): string {
  if (length < KiB) return `${length} bytes`;
  return length < MiB ? `${length / KiB} KiB` : `${length / MiB} MiB`;
}

export const largeMessages: Section = { title: "Large messages", rules: rule, cases: kinds.flatMap(casesOf) };
