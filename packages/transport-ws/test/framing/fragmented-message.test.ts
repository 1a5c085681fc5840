import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../../src/framing/frame-decoder.js";
import { frame } from "../support/raw-frames.js";

describe("a message in fragments", () => {
  /** The changes of what a decoder says that it keeps of these frames, each in a chunk of its own. */
  function changesOf(...frames: Uint8Array[]) {
    const changes: number[] = [];
    const sink = { maxPayloadBytes: 100_000, frame() {}, violation() {} };
    const decoder = new FrameDecoder({ ...sink, halfReceived: (bytes) => void changes.push(bytes) }, true, 100);
    for (const one of frames) decoder.write(Uint8Array.from(one));
    return { changes, decoder };
  }
  const fragment = (opCode: number, bytes: number, fin = false) => frame(opCode, new Uint8Array(bytes), { fin });

  it("takes memory for twice what has come, and gives it back with the last fragment", () => {
    const fragments = [fragment(2, 500), fragment(0, 12), fragment(0, 512), fragment(0, 1)];
    expect(changesOf(...fragments).changes).toEqual([1_024, 1_026]);
    expect(changesOf(...fragments, fragment(0, 5_000, true)).changes).toEqual([1_024, 1_026, -2_050]);
  });

  it("takes none before a byte has come", () => {
    expect(changesOf(fragment(2, 0), fragment(0, 0, true)).changes).toEqual([]);
  });

  it("gives its memory back when the decoder finishes", () => {
    const { changes, decoder } = changesOf(fragment(2, 500));
    decoder.finish();
    expect(changes).toEqual([1_024, -1_024]);
    expect(changesOf(fragment(2, 500), frame(3)).changes).toEqual([1_024, -1_024]);
  });

  it("has nothing to give back if none has begun", () => {
    const { changes, decoder } = changesOf(frame(2, "whole"));
    decoder.finish();
    expect(changes).toEqual([]);
  });

  it("arrives whole", () => {
    const payloads: string[] = [];
    const decoder = new FrameDecoder(
      {
        maxPayloadBytes: 100_000,
        frame: (_, payload) => payloads.push(Buffer.from(payload).toString()),
        violation() {},
      },
      true,
      100,
    );
    const parts = Array.from({ length: 50 }, (_, i) => `${i} `.repeat(i));
    for (const [i, part] of parts.entries()) {
      decoder.write(Uint8Array.from(frame(i === 0 ? 1 : 0, part, { fin: i === 49 })));
    }
    expect(payloads).toEqual([parts.join("")]);
  });
});
