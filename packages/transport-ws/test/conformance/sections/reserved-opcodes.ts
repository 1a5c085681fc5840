import { type ConformanceCase, frameData, ping, type Section, text } from "../conformance-case.js";

const rule = "RFC 6455 §5.2";
const echoed = text("before");

/** The forms in which each kind of reserved opcode is sent, in the order of the opcodes. */
const forms = [
  { states: "without payload", content: "", isAmong: false },
  { states: "with a payload", content: "reserved", isAmong: false },
  { states: "without payload, after a message and before a Ping", content: "", isAmong: true },
  { states: "with a payload, after a message and before a Ping", content: "reserved", isAmong: true },
  { states: "with a payload, byte by byte", content: "reserved", isAmong: true, writes: 1 },
];

const series = (kind: string, firstOpCode: number): ConformanceCase[] =>
  forms.map(({ states, content, isAmong, writes }, i) => {
    const frame = frameData(firstOpCode + i, content);
    const step = isAmong ? { sends: [echoed, frame, ping()], returns: [echoed] } : { sends: [frame] };
    return {
      id: `opcode/${kind}-${firstOpCode + i}`,
      states: `reserved opcode ${firstOpCode + i} fails the connection, ${states}`,
      rule,
      steps: [writes ? { ...step, writes } : step],
      fails: 1002,
    };
  });

const cases = [...series("data", 3), ...series("control", 11)];

export const reservedOpcodes: Section = { title: "Reserved opcodes", rules: rule, cases };
