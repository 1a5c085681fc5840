import { describe, expect, it } from "vitest";
import { uint32At, varintEnd, varintSize, writeInt32, writeVarint } from "../src/protobuf/varint.js";

/** The greatest and the least numbers of each size. */
const sizes: [number, number][] = [
  [0, 1],
  [0x7f, 1],
  [0x80, 2],
  [0x3fff, 2],
  [0x4000, 3],
  [0x1f_ffff, 3],
  [0x20_0000, 4],
  [0xfff_ffff, 4],
  [0x1000_0000, 5],
  [0xffff_ffff, 5],
];

describe("varints", () => {
  it.each(sizes)("%i takes %i bytes", (value, size) => {
    const bytes = new Uint8Array(12);
    expect(varintSize(value)).toBe(size);
    expect(writeVarint(value, bytes, 1)).toBe(1 + size);
    expect(varintEnd(bytes, 1)).toBe(1 + size);
    expect(uint32At(bytes, 1)).toBe(value);
  });

  it.each([
    [0, 1],
    [1, 1],
    [0x7fff_ffff, 5],
    [-1, 10],
    [-0x8000_0000, 10],
  ])("the int32 %i takes %i bytes", (value, size) => {
    const bytes = new Uint8Array(12);
    expect(writeInt32(value, bytes, 1)).toBe(1 + size);
    expect(varintEnd(bytes, 1)).toBe(1 + size);
    expect(uint32At(bytes, 1) | 0).toBe(value);
  });
});
