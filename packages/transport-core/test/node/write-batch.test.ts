import { WriteBatch } from "@im/transport-core/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes, text } from "../support/fake-driver.js";
import { fakeSocket } from "../support/fake-socket.js";

const KiB = 1024;
const COPY_LIMIT = 4 * KiB;

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

function joined(pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => [...piece]);
}

/** What one flush of the batch writes. */
function written(batch: WriteBatch, { takenAtOnce = true } = {}): readonly Uint8Array[] {
  const socket = fakeSocket();
  socket.takesAtOnce = takenAtOnce;
  expect(batch.writeTo(socket)).toBe(takenAtOnce);
  return socket.pieces;
}

describe("write batch", () => {
  it("makes one piece of many small ones", () => {
    const batch = WriteBatch.take();
    for (const word of ["one", "two", "three"]) batch.append(bytes(word));
    expect(batch.byteLength).toBe(11);
    expect(written(batch).map(text)).toEqual(["onetwothree"]);
  });

  it("writes several pieces in one system call", () => {
    const batch = WriteBatch.take();
    batch.append(bytes("head"));
    batch.append(new Uint8Array(COPY_LIMIT + 1));
    const socket = fakeSocket();
    batch.writeTo(socket);
    expect(socket.calls).toEqual(["cork", "write head", `write ${COPY_LIMIT + 1} bytes`, "uncork"]);
  });

  it("copies small bytes, so that they may change afterwards, and refers to large ones", () => {
    const batch = WriteBatch.take();
    const small = filled(COPY_LIMIT, 1);
    const large = filled(COPY_LIMIT + 1, 2);
    batch.append(small);
    batch.append(large);
    small.fill(9);
    const pieces = written(batch);
    expect(pieces[0]![0], "the copy of the small one").toBe(1);
    expect(pieces[1], "the large one").toBe(large);
  });

  it("keeps the order of small, large and reserved bytes", () => {
    const batch = WriteBatch.take();
    batch.append(bytes("a"));
    batch.append(filled(COPY_LIMIT + 1, 0x62));
    const offset = batch.reserve(1);
    batch.slab[offset] = 0x63;
    batch.append(bytes("d"));
    expect(text(Uint8Array.from(joined(written(batch))))).toBe(`a${"b".repeat(COPY_LIMIT + 1)}cd`);
  });

  it("writes nothing when it is empty", () => {
    expect(written(WriteBatch.take())).toEqual([]);
  });

  it("uses memory again that is not read any more", () => {
    const first = WriteBatch.take();
    first.append(bytes("first"));
    const memory = written(first)[0]!.buffer;
    const second = WriteBatch.take();
    second.append(bytes("second"));
    expect(written(second)[0]!.buffer).toBe(memory);
  });

  it("fault 5: bytes that the system may still read are never overwritten, whichever batch writes next", () => {
    const pending: { piece: Uint8Array; content: string }[] = [];
    for (let round = 0; round < 500; round++) {
      const content = `pending ${round}`;
      const slow = WriteBatch.take();
      const quick = WriteBatch.take();
      slow.append(bytes(content));
      for (const piece of written(slow, { takenAtOnce: false })) pending.push({ piece, content });
      quick.append(bytes(`taken at once ${round}`));
      written(quick);
    }
    expect(pending.filter(({ piece, content }) => text(piece) !== content)).toEqual([]);
  });

  it("fault 5: batches that are written in turns never overwrite each other; each is one piece", () => {
    const batches = Array.from({ length: 100 }, () => WriteBatch.take());
    const words = ["one", "two", "three"];
    for (const word of words) for (const [i, batch] of batches.entries()) batch.append(bytes(`${word} of ${i}, `));
    const expected = batches.map((_, i) => [words.map((word) => `${word} of ${i}, `).join("")]);
    expect(batches.map((batch) => written(batch).map(text))).toEqual(expected);
  });

  it("a few bytes for each of many connections lie in the same memory, also while the system has not taken some", () => {
    const batches = Array.from({ length: 100 }, () => WriteBatch.take());
    for (const [i, batch] of batches.entries()) batch.append(bytes(`batch ${i}`));
    const pieces = batches.map((batch, i) => written(batch, { takenAtOnce: i % 10 > 0 })[0]!);
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBeLessThan(6);
    for (let i = 0; i < 2_000; i++) {
      const later = WriteBatch.take();
      later.append(bytes("what is written later"));
      written(later);
    }
    const pending = pieces.filter((_, i) => i % 10 === 0);
    expect(pending.map(text)).toEqual(pending.map((_, i) => `batch ${10 * i}`));
  });

  it("property: whatever is put in comes out, in order, and byteLength is its length", () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant("append"), length: fc.nat(9 * KiB) }),
      fc.record({ kind: fc.constant("reserve"), length: fc.nat(16 * KiB) }),
      fc.record({ kind: fc.constant("overtake"), length: fc.nat(COPY_LIMIT) }),
      fc.record({ kind: fc.constantFrom("write", "write, pending"), length: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30, size: "max" }), (actions) => {
        let batch = WriteBatch.take();
        const others: WriteBatch[] = [];
        let expected: number[] = [];
        const pending: { pieces: readonly Uint8Array[]; expected: number[] }[] = [];
        for (const [i, { kind, length }] of actions.entries()) {
          const value = i + 1;
          if (kind === "append") batch.append(filled(length, value));
          else if (kind === "overtake") {
            const other = WriteBatch.take();
            other.append(filled(length, 0xff));
            others.push(other);
          } else if (kind === "reserve") {
            const offset = batch.reserve(length);
            batch.slab.fill(value, offset, offset + length);
          } else {
            const pieces = written(batch, { takenAtOnce: kind === "write" || expected.length === 0 });
            expect(sameBytes(joined(pieces), expected)).toBe(true);
            if (kind === "write, pending") pending.push({ pieces, expected });
            batch = WriteBatch.take();
            expected = [];
            continue;
          }
          if (kind !== "overtake") for (let n = 0; n < length; n++) expected.push(value);
          expect(batch.byteLength).toBe(expected.length);
        }
        for (const other of others) expect(joined(written(other)).every((byte) => byte === 0xff)).toBe(true);
        for (const { pieces, expected } of pending) expect(sameBytes(joined(pieces), expected)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

function sameBytes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
