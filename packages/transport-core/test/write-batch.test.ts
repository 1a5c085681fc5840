import { WriteBatch } from "@im/transport-core/authoring";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes, text } from "./support/fake-driver.js";

const KiB = 1024;

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

function joined(pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => [...piece]);
}

describe("write batch", () => {
  it("makes one piece of many small ones", () => {
    const batch = new WriteBatch();
    for (const word of ["one", "two", "three"]) batch.append(bytes(word));
    expect(batch.byteLength).toBe(11);
    const pieces = batch.take();
    expect(pieces.map(text)).toEqual(["onetwothree"]);
    batch.recycle(true);
  });

  it("copies small bytes, so that they may change afterwards, and refers to large ones", () => {
    const batch = new WriteBatch();
    const small = filled(4 * KiB, 1);
    const large = filled(4 * KiB + 1, 2);
    batch.append(small);
    batch.append(large);
    small.fill(9);
    const pieces = batch.take();
    expect(pieces[0]![0], "the copy of the small one").toBe(1);
    expect(pieces[1], "the large one").toBe(large);
    batch.recycle(true);
  });

  it("keeps the order of small, large and reserved bytes", () => {
    const batch = new WriteBatch();
    batch.append(bytes("a"));
    batch.append(filled(5 * KiB, 0x62));
    const offset = batch.reserve(1);
    batch.slab[offset] = 0x63;
    batch.append(bytes("d"));
    expect(text(Uint8Array.from(joined(batch.take())))).toBe(`a${"b".repeat(5 * KiB)}cd`);
    batch.recycle(true);
  });

  it("does not copy what is shared where nothing is queued, and keeps its order where something is", () => {
    const batch = new WriteBatch();
    const shared = bytes("shared");
    batch.appendShared(shared);
    expect(batch.take()[0], "alone").toBe(shared);
    batch.recycle(true);
    batch.append(bytes("first "));
    batch.appendShared(shared);
    expect(batch.take().map(text), "behind another").toEqual(["first shared"]);
    batch.recycle(true);
  });

  it("is empty after it was taken", () => {
    const batch = new WriteBatch();
    batch.append(bytes("gone"));
    batch.take();
    batch.recycle(true);
    expect(batch.byteLength).toBe(0);
    expect(batch.take()).toEqual([]);
  });

  it("holds no memory while it is empty", () => {
    const batch = new WriteBatch();
    batch.append(bytes("once"));
    batch.take();
    batch.recycle(true);
    expect(batch.slab.length).toBe(0);
  });

  it("uses a slab again that nobody reads any more", () => {
    const batch = new WriteBatch();
    batch.append(bytes("first"));
    const memory = batch.take()[0]!.buffer;
    batch.recycle(true);
    batch.append(bytes("second"));
    expect(batch.take()[0]!.buffer).toBe(memory);
    batch.recycle(true);
  });

  it("fault 5: bytes that the system may still read are never overwritten, whichever batch writes next", () => {
    const slow = new WriteBatch();
    const quick = new WriteBatch();
    const pending: { piece: Uint8Array; content: string }[] = [];
    for (let round = 0; round < 500; round++) {
      const content = `pending ${round}`;
      slow.append(bytes(content));
      for (const piece of slow.take()) pending.push({ piece, content });
      slow.recycle(false);
      quick.append(bytes(`taken at once ${round}`));
      quick.take();
      quick.recycle(true);
    }
    expect(pending.filter(({ piece, content }) => text(piece) !== content)).toEqual([]);
  });

  it("fault 5: two batches never write into the same slab at the same time", () => {
    const batches = Array.from({ length: 100 }, () => new WriteBatch());
    for (const batch of batches) batch.append(bytes("warm up"));
    for (const batch of batches) {
      batch.take();
      batch.recycle(true);
    }
    for (const [i, batch] of batches.entries()) batch.append(bytes(`batch ${i}`));
    const memories = new Set(batches.map((batch) => batch.slab.buffer));
    expect(memories.size).toBe(batches.length);
    expect(batches.map((batch) => text(batch.take()[0]!))).toEqual(batches.map((_, i) => `batch ${i}`));
    for (const batch of batches) batch.recycle(true);
  });

  it("property: whatever is put in comes out, in order, and byteLength is its length", () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constantFrom("append", "shared"), length: fc.nat(9 * KiB) }),
      fc.record({ kind: fc.constant("reserve"), length: fc.nat(16 * KiB) }),
      fc.record({ kind: fc.constantFrom("take", "take, pending"), length: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30, size: "max" }), (actions) => {
        const batch = new WriteBatch();
        let expected: number[] = [];
        const pending: { pieces: readonly Uint8Array[]; expected: number[] }[] = [];
        for (const [i, { kind, length }] of actions.entries()) {
          const value = i + 1;
          if (kind === "append") batch.append(filled(length, value));
          else if (kind === "shared") batch.appendShared(filled(length, value));
          else if (kind === "reserve") {
            const offset = batch.reserve(length);
            batch.slab.fill(value, offset, offset + length);
          } else {
            const pieces = batch.take();
            expect(sameBytes(joined(pieces), expected)).toBe(true);
            if (kind === "take, pending") pending.push({ pieces, expected });
            batch.recycle(kind === "take");
            expected = [];
            continue;
          }
          for (let n = 0; n < length; n++) expected.push(value);
          expect(batch.byteLength).toBe(expected.length);
        }
        for (const { pieces, expected } of pending) expect(sameBytes(joined(pieces), expected)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

function sameBytes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
