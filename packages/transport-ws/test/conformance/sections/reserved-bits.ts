import {
  binary,
  type ConformanceCase,
  close,
  type FrameData,
  ping,
  type Section,
  type Step,
  text,
} from "../conformance-case.js";

const rule = "RFC 6455 §5.2";
const echoed = text("before");

/** A message, the frame with reserved bits, and a Ping: only the message comes back. */
const between = (frame: FrameData, writes?: Step["writes"]): Step => ({
  sends: [echoed, frame, ping()],
  ...(writes && { writes }),
  returns: [echoed],
});
const reserved = (name: string, states: string, step: Step): ConformanceCase => ({
  id: `reserved/${name}`,
  states: `${states}, fails the connection`,
  rule,
  steps: [step],
  fails: 1002,
});

const cases = [
  reserved("rsv3-text", "RSV3, in the first text", { sends: [text("hello", { rsv: 1 })] }),
  reserved("rsv2-text", "RSV2, after a message and before a Ping", between(text("hello", { rsv: 2 }))),
  reserved("rsv2-rsv3-text", "RSV2 and RSV3, each frame in a write", between(text("hello", { rsv: 3 }), "frames")),
  reserved("rsv1-text", "RSV1 without an extension, byte by byte", between(text("hello", { rsv: 4 }), 1)),
  reserved("rsv1-rsv3-binary", "RSV1 and RSV3, in a binary message", { sends: [binary("hello", { rsv: 5 })] }),
  reserved("rsv1-rsv2-ping", "RSV1 and RSV2, in a Ping", { sends: [ping("hello", { rsv: 6 })] }),
  reserved("all-close", "all three bits, in a Close", { sends: [{ ...close(1000), rsv: 7 }] }),
];

export const reservedBits: Section = { title: "Reserved bits", rules: rule, cases };
