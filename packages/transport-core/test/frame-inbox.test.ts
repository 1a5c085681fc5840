import { OpCode } from "@im/transport-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameInbox } from "../src/conn/frame-inbox.js";
import { heapInUse } from "./support/collect-garbage.js";
import { bytes, text } from "./support/fake-driver.js";
import { endOfTurn } from "./support/waiting.js";

describe("frame inbox", () => {
  it("gives frames in the order in which they came", () => {
    const inbox = new FrameInbox({ maxInboxMessages: 10, maxInboxBytes: 100 });
    inbox.add(OpCode.Text, bytes("a"));
    inbox.add(OpCode.Binary, bytes("b"));
    expect(inbox.take()).toEqual({ opCode: OpCode.Text, payload: bytes("a") });
    inbox.add(OpCode.Binary, bytes("c"));
    expect([inbox.take(), inbox.take()].map((frame) => text(frame!.payload))).toEqual(["b", "c"]);
    expect(inbox.take()).toBeUndefined();
    expect(inbox.length).toBe(0);
  });

  it("is full at its number of messages, and no longer when one is taken", () => {
    const inbox = new FrameInbox({ maxInboxMessages: 2, maxInboxBytes: 100 });
    inbox.add(OpCode.Binary, bytes("a"));
    expect(inbox.isFull).toBe(false);
    inbox.add(OpCode.Binary, bytes("b"));
    expect(inbox.isFull).toBe(true);
    inbox.take();
    expect(inbox.isFull).toBe(false);
  });

  it("is full at its number of bytes; takes what comes all the same", () => {
    const inbox = new FrameInbox({ maxInboxMessages: 100, maxInboxBytes: 5 });
    inbox.add(OpCode.Binary, bytes("1234"));
    expect(inbox.isFull).toBe(false);
    inbox.add(OpCode.Binary, bytes("56789"));
    expect(inbox.isFull).toBe(true);
    expect(inbox.length).toBe(2);
  });

  it("keeps no chunk alive for a small payload of it, and copies no payload that fills its chunk", () => {
    const inbox = new FrameInbox({ maxInboxMessages: 10, maxInboxBytes: 100_000 });
    const chunk = new Uint8Array(64 * 1024).fill(7);
    const large = new Uint8Array(60 * 1024);
    inbox.add(OpCode.Binary, chunk.subarray(10, 18));
    inbox.add(OpCode.Binary, large);
    const small = inbox.take()!.payload;
    expect([...small]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
    expect(small.buffer.byteLength).toBe(8);
    expect(inbox.take()!.payload).toBe(large);
  });

  it("property: it is a queue, whatever the order of adding and taking", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300, size: "max" }), (adds) => {
        const inbox = new FrameInbox({ maxInboxMessages: 10, maxInboxBytes: 50 });
        const model: string[] = [];
        for (const [i, add] of adds.entries()) {
          if (add) {
            inbox.add(OpCode.Binary, bytes(`${i}`));
            model.push(`${i}`);
          } else {
            const frame = inbox.take();
            expect(frame && text(frame.payload)).toBe(model.shift());
          }
          expect(inbox.length).toBe(model.length);
          expect(inbox.isFull).toBe(model.length >= 10 || model.join("").length >= 50);
        }
      }),
    );
  });

  it("lets go of what was taken at once, not when the rest is taken, too", async () => {
    const inbox = new FrameInbox({ maxInboxMessages: 10, maxInboxBytes: 1_000 });
    const payloads: WeakRef<Uint8Array>[] = [];
    for (let i = 0; i < 10; i++) {
      const payload = new Uint8Array(8);
      payloads.push(new WeakRef(payload));
      inbox.add(OpCode.Binary, payload);
    }
    for (let i = 0; i < 4; i++) inbox.take();
    await endOfTurn();
    heapInUse();
    expect(payloads.map((payload) => payload.deref() !== undefined)).toEqual([
      ...Array(4).fill(false),
      ...Array(6).fill(true),
    ]);
    expect(inbox.length).toBe(6);
  });

  it("lets go of what was taken, also when it never runs empty", () => {
    const inbox = new FrameInbox({ maxInboxMessages: 10, maxInboxBytes: 1_000 });
    const before = heapInUse();
    inbox.add(OpCode.Binary, new Uint8Array(8));
    for (let i = 0; i < 200_000; i++) {
      inbox.add(OpCode.Binary, new Uint8Array(8));
      inbox.take();
    }
    expect(inbox.length).toBe(1);
    expect(heapInUse() - before, "bytes that 200,000 frames left behind").toBeLessThan(1_000_000);
  });

  it("of a connection that is not counted, such as a dialer's, may end with frames in it", () => {
    const inbox = new FrameInbox({ maxInboxMessages: 10, maxInboxBytes: 100_000 });
    inbox.add(OpCode.Binary, new Uint8Array(10_000));
    inbox.uncount();
    expect(inbox.length).toBe(1);
  });
});
