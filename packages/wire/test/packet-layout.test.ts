import { createLogicPkt, marshal } from "@im/wire";
import { createBasicPkt } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { readU16, readU32, writeU16, writeU32 } from "../src/codec/bytes.js";
import { decodePacket, packetLength } from "../src/codec/packet-layout.js";
import { checkLimits } from "../src/packet/limits.js";

const logic = createLogicPkt({ command: "chat.user.talk", dest: "bob", body: Uint8Array.of(1, 2, 3) });
const basic = { ...createBasicPkt(1), body: Uint8Array.of(1, 2) };
/** Where the packet begins among other bytes. */
const START = 5;
const LONGEST = 0xff;
const headerBytes = marshal({ ...logic, body: new Uint8Array(0) }).length - 12;
const code = (name: string) => expect.objectContaining({ name: "WireError", code: name });

/** The packet's first bytes; what stands before and behind them says that everything is of the greatest length. */
function among(packet: Uint8Array, count: number) {
  const bytes = new Uint8Array(START + packet.length + 16).fill(LONGEST);
  bytes.set(packet.subarray(0, count), START);
  return { bytes, end: START + count };
}

describe("packetLength says what is needed to go on", () => {
  it.each([
    ["a LogicPkt", marshal(logic), [4, 8, 8 + headerBytes + 4]],
    ["a BasicPkt", marshal(basic), [4, 8]],
  ])("with %s, wherever it is cut", (_, packet, steps) => {
    for (let count = 0; count <= packet.length; count++) {
      const { bytes, end } = among(packet, count);
      const next = steps.find((step) => count < step) ?? packet.length;
      expect([count, packetLength(bytes, START, end, checkLimits(undefined))]).toEqual([count, next]);
    }
  });

  it("and checks each length as soon as it is there", () => {
    const [header, body] = [{ maxHeaderBytes: headerBytes - 1 }, { maxBodyBytes: 1 }].map(checkLimits);
    const ofLogic = (count: number, limits = header!) => {
      const { bytes, end } = among(marshal(logic), count);
      return packetLength(bytes, START, end, limits);
    };
    expect(ofLogic(7)).toBe(8);
    expect(() => ofLogic(8)).toThrow(code("IM_ERR_HEADER_TOO_LARGE"));
    expect(() => ofLogic(8 + headerBytes + 4, body)).toThrow(code("IM_ERR_BODY_TOO_LARGE"));
    const { bytes, end } = among(marshal(basic), 8);
    expect(() => packetLength(bytes, START, end, body!)).toThrow(code("IM_ERR_BODY_TOO_LARGE"));
  });
});

it.each([logic, basic])("decodePacket reads the $kind packet that lies among other bytes", (packet) => {
  const whole = marshal(packet);
  const { bytes, end } = among(whole, whole.length);
  expect(decodePacket(bytes, START, end)).toEqual(packet);
});

describe("numbers in network byte order", () => {
  it.each([0, 1, 0x80, 0x1234, 0xfedc, 0xffff])("of two bytes: %d", (value) => {
    const bytes = new Uint8Array(6);
    expect(writeU16(value, bytes, 3)).toBe(5);
    expect([...bytes]).toEqual([0, 0, 0, value >> 8, value & 0xff, 0]);
    expect(readU16(bytes, 3)).toBe(value);
  });

  it.each([0, 1, 0x80, 0x1234_5678, 0xfedc_ba98, 0xffff_ffff])("of four bytes: %d", (value) => {
    const bytes = new Uint8Array(8);
    expect(writeU32(value, bytes, 3)).toBe(7);
    expect([...bytes]).toEqual([0, 0, 0, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff, 0]);
    expect(readU32(bytes, 3)).toBe(value);
  });
});
