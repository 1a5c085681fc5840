import {
  type ConformanceCase,
  continuation,
  type FrameData,
  fragmented,
  ping,
  pong,
  type Section,
  type Step,
  text,
  unfinished,
} from "../conformance-case.js";

const rule = "RFC 6455 §5.4";
const last = continuation("the end");
const nothingToContinue = continuation("nothing to continue");

/** The three ways in which the frames of most cases arrive. */
const ways = [
  { suffix: "", arrives: "in one write", writes: {} },
  { suffix: "-by-frame", arrives: "frame by frame", writes: { writes: "frames" } },
  { suffix: "-by-byte", arrives: "byte by byte", writes: { writes: 1 } },
] as const;

function threeWays(name: string, states: string, step: Step, fails?: number): ConformanceCase[] {
  return ways.map(({ suffix, arrives, writes }) => ({
    id: `fragment/${name}${suffix}`,
    states: `${states}, ${arrives}`,
    rule,
    steps: [{ ...step, ...writes }],
    ...(fails && { fails }),
  }));
}

function violation(name: string, states: string, ...sends: readonly FrameData[]): ConformanceCase {
  return { id: `fragment/${name}`, states: `${states} fails the connection`, rule, steps: [{ sends }], fails: 1002 };
}

/** Fragments that continue nothing, each followed by a whole message in fragments. */
const repeated = (fin: boolean) =>
  [1, 2].flatMap(() => [continuation("stray", { fin }), ...fragmented(text(), ["a ", "text"])]);

const five = fragmented(text(), ["one ", "two ", "three ", "four ", "five"]);
const whole = text("one two three four five");

const cases: ConformanceCase[] = [
  violation("ping", "a Ping in two fragments", ping("a ", unfinished), continuation("Ping")),
  violation("pong", "a Pong in two fragments", pong("a ", unfinished), continuation("Pong")),
  ...threeWays("two", "a text in two fragments comes back whole", {
    sends: fragmented(text(), ["the beginning, ", "the end"]),
    returns: [text("the beginning, the end")],
  }),
  ...threeWays("ping-between", "a Ping between two fragments is answered before the text", {
    sends: [text("the beginning, ", unfinished), ping("between"), last],
    returns: [pong("between"), text("the beginning, the end")],
  }),
  ...threeWays(
    "stray-last",
    "a last fragment without a first fails the connection",
    { sends: [nothingToContinue, text("never seen")] },
    1002,
  ),
  ...threeWays(
    "stray",
    "a fragment without a first fails the connection",
    { sends: [{ ...nothingToContinue, ...unfinished }, text("never seen")] },
    1002,
  ),
  {
    id: "fragment/stray-after-message",
    states: "a fragment after the last one of a text fails the connection, and the text comes back",
    rule,
    steps: [
      {
        sends: [...fragmented(text(), ["a ", "text"]), { ...nothingToContinue, ...unfinished }, text("never seen")],
        returns: [text("a text")],
      },
    ],
    fails: 1002,
  },
  violation("stray-repeated", "a fragment without a first, before a text in fragments, twice,", ...repeated(false)),
  violation("stray-last-repeated", "a last fragment without a first, before such a text, twice,", ...repeated(true)),
  violation("second-first", "a second fragment with the opcode of a first", text("a ", unfinished), text("text")),
  {
    id: "fragment/five-with-pings-awaited",
    states: "a text in five fragments comes back after the Pongs of the Pings between them, which the peer waits for",
    rule,
    steps: [
      { sends: [...five.slice(0, 2), ping("first")], returns: [pong("first")] },
      { sends: [...five.slice(2, 4), ping("second")], returns: [pong("second")] },
      { sends: five.slice(4), returns: [whole] },
    ],
  },
  {
    id: "fragment/five-with-pings",
    states: "a text in five fragments comes back after the Pongs of the Pings between them",
    rule,
    steps: [
      {
        sends: [...five.slice(0, 2), ping("first"), ...five.slice(2, 4), ping("second"), ...five.slice(4)],
        writes: "frames",
        returns: [pong("first"), pong("second"), whole],
      },
    ],
  },
];

export const fragmentation: Section = { title: "Fragmentation", rules: rule, cases };
