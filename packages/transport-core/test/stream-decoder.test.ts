import { StreamDecoder } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";

/** Frames of an opcode, a length as u16, and the payload; opcode 255 is a violation. */
class TestDecoder extends StreamDecoder {
  /** What `readCutPayload` was given: how much of the payload it could read. */
  readonly cuts: number[] = [];
  #opCode = 0;

  protected readHeader(bytes: Uint8Array, offset: number, end: number): number {
    if (end - offset < 3) return 0;
    this.#opCode = bytes[offset]!;
    if (this.#opCode === 255) {
      this.fail(1002, "opcode 255");
      return 0;
    }
    this.payloadBytes = (bytes[offset + 1]! << 8) | bytes[offset + 2]!;
    return 3;
  }

  protected readPayload(payload: Uint8Array): void {
    this.sink.frame(this.#opCode, payload);
  }

  protected override readCutPayload(_kept: Uint8Array, bytes: number): void {
    this.cuts.push(bytes);
  }
}

function decoding(onFrame: (decoder: TestDecoder, text: string) => void = () => {}) {
  const found: string[] = [];
  const violations: [code: number, reason: string][] = [];
  /** Each change of what is kept, in bytes. */
  const changes: number[] = [];
  const decoder: TestDecoder = new TestDecoder({
    maxPayloadBytes: 65_535,
    frame(opCode, payload) {
      const text = Buffer.from(payload).toString();
      found.push(`${opCode}:${text}`);
      onFrame(decoder, text);
    },
    halfReceived: (bytes) => void changes.push(bytes),
    violation: (...what) => void violations.push(what),
  });
  const keptBytes = () => changes.reduce((sum, change) => sum + change, 0);
  return { decoder, found, violations, changes, keptBytes };
}

const frame = (text: string, opCode = 1) => Buffer.from([opCode, text.length >> 8, text.length, ...Buffer.from(text)]);
const frames = (...texts: string[]) => Buffer.concat(texts.map((text) => frame(text)));

describe("a frame that chunks cut", () => {
  it("is found once, with the frames beside it, wherever two cuts are", () => {
    const stream = frames("", "abc", "", "defghi");
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const { decoder, found, keptBytes } = decoding();
        for (const chunk of [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)]) {
          decoder.write(chunk);
        }
        expect(found, `cut at ${first} and ${second}`).toEqual(["1:", "1:abc", "1:", "1:defghi"]);
        expect(keptBytes()).toBe(0);
      }
    }
  });

  it("is shown to the subclass after each piece but the last", () => {
    const { decoder, found } = decoding();
    const bytes = frame("abcdef");
    for (const [start, end] of [
      [0, 4],
      [4, 6],
      [6, 9],
    ]) {
      decoder.write(bytes.subarray(start, end));
    }
    expect(decoder.cuts).toEqual([1, 3]);
    expect(found).toEqual(["1:abcdef"]);
  });

  it("takes memory for what has come, four times as much when it grows, and no more than the payload", () => {
    const { decoder, changes } = decoding();
    const bytes = frame("x".repeat(10_000));
    decoder.write(bytes.subarray(0, 4));
    expect(changes).toEqual([1_024]);
    decoder.write(bytes.subarray(4, 3 + 1_024));
    expect(changes).toEqual([1_024]);
    decoder.write(bytes.subarray(3 + 1_024, 3 + 1_025));
    expect(changes).toEqual([1_024, 4_100 - 1_024]);
    decoder.write(bytes.subarray(3 + 1_025, 3 + 9_000));
    expect(changes).toEqual([1_024, 4_100 - 1_024, 10_000 - 4_100]);
    decoder.write(bytes.subarray(3 + 9_000));
    expect(changes).toEqual([1_024, 4_100 - 1_024, 10_000 - 4_100, -10_000]);
  });

  it("takes the whole memory of a short payload at once", () => {
    const { decoder, changes } = decoding();
    decoder.write(frame("abcdef").subarray(0, 5));
    expect(changes).toEqual([6]);
  });

  it("keeps nothing of a payload that lies in one chunk, even if its header does not", () => {
    const { decoder, found, changes } = decoding();
    decoder.write(frame("abc").subarray(0, 2));
    decoder.write(frame("abc").subarray(2));
    expect([found, changes]).toEqual([["1:abc"], []]);
  });
});

describe("suspend", () => {
  const suspendAtA = (decoder: TestDecoder, text: string) => {
    if (text.startsWith("a")) decoder.suspend();
  };

  it("stops behind the frame that is being taken, and proceed goes on behind it", () => {
    const { decoder, found, keptBytes } = decoding(suspendAtA);
    decoder.write(frames("first", "a1", "next", "a2", "last"));
    expect([found, decoder.isSuspended]).toEqual([["1:first", "1:a1"], true]);
    decoder.proceed();
    expect([found.slice(2), decoder.isSuspended]).toEqual([["1:next", "1:a2"], true]);
    decoder.proceed();
    expect([found.slice(4), decoder.isSuspended]).toEqual([["1:last"], false]);
    expect(keptBytes()).toBe(0);
    decoder.write(frames("more"));
    expect(found.slice(5)).toEqual(["1:more"]);
  });

  it("counts the rest of the chunk as kept until it is decoded", () => {
    const { decoder, changes } = decoding(suspendAtA);
    decoder.write(frames("a", "next"));
    expect(changes).toEqual([7]);
    decoder.proceed();
    expect(changes).toEqual([7, -7]);
  });

  it("keeps nothing of a chunk that ends with the frame", () => {
    const { decoder, found, changes } = decoding(suspendAtA);
    decoder.write(frames("a"));
    decoder.proceed();
    expect(changes).toEqual([]);
    decoder.write(frames("next"));
    expect(found).toEqual(["1:a", "1:next"]);
  });

  it("stops behind a frame that earlier chunks have begun", () => {
    for (let at = 1; at < 4; at++) {
      const { decoder, found } = decoding(suspendAtA);
      const stream = frames("a", "next");
      decoder.write(stream.subarray(0, at));
      decoder.write(stream.subarray(at));
      expect(found, `cut at ${at}`).toEqual(["1:a"]);
      decoder.proceed();
      expect(found, `cut at ${at}`).toEqual(["1:a", "1:next"]);
    }
  });

  it("has an end with finish, which drops what was kept", () => {
    const { decoder, found, keptBytes } = decoding(suspendAtA);
    decoder.write(frames("a", "next"));
    decoder.finish();
    decoder.write(frames("more"));
    expect(keptBytes()).toBe(0);
    decoder.proceed();
    expect([found, keptBytes(), decoder.isDone]).toEqual([["1:a"], 0, true]);
  });

  it("asks nothing of a sink that does not count what is kept", () => {
    const found: number[] = [];
    const decoder: TestDecoder = new TestDecoder({
      maxPayloadBytes: 100,
      frame(opCode) {
        found.push(opCode);
        decoder.suspend();
      },
      violation() {},
    });
    decoder.write(Buffer.concat([frame("", 1), frame("", 2), frame("cut", 3).subarray(0, 4)]));
    decoder.proceed();
    decoder.proceed();
    decoder.write(frame("cut", 3).subarray(4));
    expect(found).toEqual([1, 2, 3]);
  });

  it("does nothing once the decoder is done", () => {
    const { decoder } = decoding();
    decoder.finish();
    decoder.suspend();
    expect(decoder.isSuspended).toBe(false);
  });

  it("is not needed for proceed, which then does nothing", () => {
    const { decoder, found } = decoding();
    decoder.proceed();
    decoder.write(frames("one"));
    expect(found).toEqual(["1:one"]);
  });
});

describe("a decoder that is done", () => {
  it("takes nothing more of the chunk, and nothing of later ones", () => {
    const { decoder, found } = decoding((current, text) => {
      if (text === "end") current.finish();
    });
    expect(decoder.isDone).toBe(false);
    decoder.write(frames("one", "end", "two"));
    decoder.write(frames("three"));
    expect([found, decoder.isDone]).toEqual([["1:one", "1:end"], true]);
  });

  it("has nothing to give back if it kept nothing", () => {
    const { decoder, changes } = decoding();
    decoder.write(frames("one"));
    decoder.finish();
    expect(changes).toEqual([]);
  });

  it("keeps nothing of a frame that was cut", () => {
    for (let at = 1; at < frame("abc").length; at++) {
      const { decoder, found, keptBytes } = decoding();
      decoder.write(frame("abc").subarray(0, at));
      decoder.finish();
      decoder.write(frame("abc").subarray(at));
      expect([found, keptBytes()], `cut at ${at}`).toEqual([[], 0]);
    }
  });

  it("reports one violation, wherever the header is cut, and takes nothing behind it", () => {
    const stream = Buffer.concat([frame("one"), frame("", 255), frames("two")]);
    for (let at = 0; at <= stream.length; at++) {
      const { decoder, found, violations, keptBytes } = decoding();
      decoder.write(stream.subarray(0, at));
      decoder.write(stream.subarray(at));
      expect([found, violations, keptBytes()], `cut at ${at}`).toEqual([["1:one"], [[1002, "opcode 255"]], 0]);
      expect(decoder.isDone).toBe(true);
    }
  });

  it("may be so because of what it keeps: the payload is dropped then", () => {
    const found: number[] = [];
    const decoder: TestDecoder = new TestDecoder({
      maxPayloadBytes: 100,
      frame: (opCode) => void found.push(opCode),
      halfReceived: (bytes) => {
        if (bytes > 0) decoder.finish();
      },
      violation() {},
    });
    decoder.write(frame("abc").subarray(0, 5));
    decoder.write(frame("abc").subarray(5));
    expect([found, decoder.cuts, decoder.isDone]).toEqual([[], [], true]);
  });
});
