import { bytesOfLength, type ConformanceCase, ping, pong, type Section } from "../conformance-case.js";

const pingRule = "RFC 6455 §5.5.2";
const pongRule = "RFC 6455 §5.5.3";
const notText = Uint8Array.of(0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff);
const longest = bytesOfLength(125);
const numbered = Array.from({ length: 10 }, (_, n) => `ping ${n}`);
const tenPings = { sends: numbered.map((name) => ping(name)), returns: numbered.map((name) => pong(name)) };

const cases: ConformanceCase[] = [
  {
    id: "ping/empty",
    states: "a Ping without payload is answered by an empty Pong",
    rule: pingRule,
    steps: [{ sends: [ping()], returns: [pong()] }],
  },
  {
    id: "ping/payload-text",
    states: "the Pong has the payload of the Ping",
    rule: pingRule,
    steps: [{ sends: [ping("are you there?")], returns: [pong("are you there?")] }],
  },
  {
    id: "ping/payload-binary",
    states: "the payload of a Ping need not be UTF-8",
    rule: pingRule,
    steps: [{ sends: [ping(notText)], returns: [pong(notText)] }],
  },
  {
    id: "ping/payload-125",
    states: "the longest payload of a Ping comes back whole",
    rule: pingRule,
    steps: [{ sends: [ping(longest)], returns: [pong(longest)] }],
  },
  {
    id: "ping/payload-126",
    states: "a Ping of 126 bytes fails the connection",
    rule: "RFC 6455 §5.5",
    steps: [{ sends: [ping(bytesOfLength(126))] }],
    fails: 1002,
  },
  {
    id: "ping/payload-125-by-byte",
    states: "a Ping that arrives byte by byte is answered",
    rule: pingRule,
    steps: [{ sends: [ping(longest)], writes: 1, returns: [pong(longest)] }],
  },
  {
    id: "ping/pong-unsolicited",
    states: "a Pong that answers nothing is not answered",
    rule: pongRule,
    steps: [{ sends: [pong()] }],
  },
  {
    id: "ping/pong-unsolicited-payload",
    states: "a Pong with a payload that answers nothing is not answered",
    rule: pongRule,
    steps: [{ sends: [pong("unsolicited")] }],
  },
  {
    id: "ping/after-unsolicited-pong",
    states: "a Ping after an unsolicited Pong is answered with its own payload",
    rule: pongRule,
    steps: [{ sends: [pong("unsolicited"), ping("are you there?")], returns: [pong("are you there?")] }],
  },
  {
    id: "ping/ten",
    states: "ten Pings in one write are answered in order",
    rule: pingRule,
    steps: [tenPings],
  },
  {
    id: "ping/ten-by-byte",
    states: "ten Pings that arrive byte by byte are answered in order",
    rule: pingRule,
    steps: [{ ...tenPings, writes: 1 }],
  },
];

export const pingsAndPongs: Section = { title: "Pings and Pongs", rules: "RFC 6455 §5.5.2, §5.5.3", cases };
