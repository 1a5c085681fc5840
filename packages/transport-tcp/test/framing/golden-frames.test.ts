import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/index.js";
import { cutAt, decode } from "../support/decoding.js";
import { frameVectors, oddFrameVectors, payloadOf, sha256 } from "../support/vectors.js";

describe("kim's TCP frames", () => {
  it("are 51, of all six opcodes", () => {
    expect(frameVectors).toHaveLength(51);
    expect(new Set(frameVectors.map(({ opcode }) => opcode))).toEqual(new Set([0, 1, 2, 8, 9, 10]));
  });

  it.each(frameVectors)("$name is written byte for byte", (vector) => {
    const frame = encodeFrame(vector.opcode, payloadOf(vector));
    if (vector.frame_hex !== undefined) expect(Buffer.from(frame).toString("hex")).toBe(vector.frame_hex);
    expect({ length: frame.length, sha256: sha256(frame) }).toEqual({
      length: vector.frame_len,
      sha256: vector.frame_sha256,
    });
  });

  it.each(frameVectors)("$name is read", (vector) => {
    const payload = payloadOf(vector);
    const frame = vector.frame_hex ? Buffer.from(vector.frame_hex, "hex") : encodeFrame(vector.opcode, payload);
    expect(sha256(frame)).toBe(vector.frame_sha256);
    const { frames, violation } = decode([frame]);
    expect({ violation, count: frames.length, opCode: frames[0]?.opCode }).toEqual({
      violation: undefined,
      count: 1,
      opCode: vector.opcode,
    });
    expect(sha256(frames[0]!.payload)).toBe(sha256(payload));
  });
});

describe("what kim's ReadFrame makes of odd input", () => {
  it("is in 25 vectors, accepted and rejected", () => {
    expect(oddFrameVectors).toHaveLength(25);
    expect(oddFrameVectors.filter(({ result }) => result === "reject")).toHaveLength(11);
  });

  it.each(oddFrameVectors)("$name: $result", ({ input_hex, result, decoded, unread_bytes }) => {
    const input = Buffer.from(input_hex, "hex");
    const whole = decode([input]);
    if (result === "reject") {
      expect(whole.frames).toEqual([]);
      return;
    }
    expect(whole).toMatchObject({ frames: [{ opCode: decoded.opcode }], violation: undefined });
    expect(Buffer.from(whole.frames[0]!.payload).toString("hex")).toBe(decoded.payload_hex);
    expect(input.length - 5 - whole.frames[0]!.payload.length).toBe(unread_bytes);
  });

  it("is the same one byte at a time", () => {
    for (const { name, input_hex } of oddFrameVectors) {
      const input = Buffer.from(input_hex, "hex");
      expect(decode(cutAt(input, Array(input.length).fill(1))), name).toEqual(decode([input]));
    }
  });

  it("a length of 0xffffffff is refused as soon as the header is there, where kim allocates it", () => {
    expect(decode([Buffer.from("02ffffffff", "hex")])).toEqual({ frames: [], violation: 1009 });
    expect(decode([Buffer.from("02ffffff", "hex")])).toEqual({ frames: [], violation: undefined });
  });
});
