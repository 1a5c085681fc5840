import { expect, it } from "vitest";
import { writeFrameHeader } from "../../src/framing/frame-encoder.js";

it("the header is the opcode, then the length in network byte order, where it is told to begin", () => {
  const target = new Uint8Array(10).fill(0xee);
  writeFrameHeader(target, 3, 2, 0x0102_0304);
  expect([...target]).toEqual([0xee, 0xee, 0xee, 2, 1, 2, 3, 4, 0xee, 0xee]);
});
