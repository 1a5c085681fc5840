import {
  binary,
  bytesOfLength,
  type ConformanceCase,
  close,
  continuation,
  type FrameData,
  frameData,
  ping,
  type Section,
  text,
  unfinished,
} from "../conformance-case.js";

const handshakeRule = "RFC 6455 §7.1";
const payloadRule = "RFC 6455 §5.5.1";
const codeRule = "RFC 6455 §7.4";
const NO_STATUS = 1005;
const large = binary(bytesOfLength(256 * 1024));

const validCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const invalidCodes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
/** Of no range that RFC 6455 names. */
const unknownCodes = [5000, 65_535];

function closesWith(id: string, states: string, rule: string, sends: readonly FrameData[], closes: number) {
  return { id: `close/${id}`, states, rule, steps: [{ sends }], closes };
}

function failsWith(id: string, states: string, rule: string, sent: FrameData, fails = 1002): ConformanceCase {
  return { id: `close/${id}`, states: `${states} fails the connection`, rule, steps: [{ sends: [sent] }], fails };
}

const cases: ConformanceCase[] = [
  {
    id: "close/after-message",
    states: "a message before the Close comes back, and the Close is answered",
    rule: handshakeRule,
    steps: [{ sends: [text("hello"), close(1000)], returns: [text("hello")] }],
    closes: 1000,
  },
  closesWith("twice", "two Closes are answered once", handshakeRule, [close(1000), close(1000)], 1000),
  closesWith("ping-after", "a Ping after the Close is not answered", handshakeRule, [close(1000), ping()], 1000),
  closesWith(
    "text-after",
    "a text after the Close does not come back",
    handshakeRule,
    [close(1000), text("late")],
    1000,
  ),
  closesWith(
    "in-message",
    "a Close between the fragments of a message is answered, and the message does not come back",
    handshakeRule,
    [text("the beginning, ", unfinished), close(1000), continuation("the end")],
    1000,
  ),
  {
    id: "close/after-large-message",
    states: "a message of 256 KiB comes back before the answer to the Close, and a Ping behind it is not answered",
    rule: handshakeRule,
    steps: [{ sends: [large, close(1000), ping()], returns: [large] }],
    closes: 1000,
  },
  closesWith(
    "empty",
    "a Close without a code is answered by one without a code",
    payloadRule,
    [frameData(8)],
    NO_STATUS,
  ),
  failsWith("one-byte", "a Close with one byte of a code", payloadRule, frameData(8, "a")),
  closesWith("code", "a Close with a code alone is answered", payloadRule, [close(1000)], 1000),
  closesWith("reason", "a Close with a reason is answered", payloadRule, [close(1000, "good bye")], 1000),
  closesWith(
    "reason-123",
    "a Close with the longest reason is answered",
    payloadRule,
    [close(1000, "*".repeat(123))],
    1000,
  ),
  failsWith("reason-124", "a Close of 126 bytes", "RFC 6455 §5.5", close(1000, "*".repeat(124))),
  failsWith(
    "reason-invalid",
    "a Close whose reason is not UTF-8",
    "RFC 6455 §8.1",
    frameData(8, Buffer.from("03e8cebae1bdb9eda080", "hex")),
    1007,
  ),
  ...validCodes.map((code) =>
    closesWith(`code-${code}`, `the code ${code} is answered`, codeRule, [close(code)], code),
  ),
  ...invalidCodes.map((code) =>
    failsWith(`code-${code}`, `the code ${code}, which may not be sent,`, codeRule, close(code)),
  ),
  ...unknownCodes.map((code) => failsWith(`code-${code}`, `the code ${code}, of no range,`, codeRule, close(code))),
];

export const closing: Section = { title: "Closing", rules: "RFC 6455 §5.5.1, §7.1, §7.4", cases };
