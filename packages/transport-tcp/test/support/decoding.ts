import { type DecoderSink, FrameDecoder } from "../../src/index.js";

export interface Decoded {
  readonly frames: readonly { readonly opCode: number; readonly payload: Uint8Array }[];
  /** The code of the violation that ended it, if one did. */
  readonly violation: number | undefined;
}

/** What a decoder makes of a stream that comes in these chunks. */
export function decode(chunks: Iterable<Uint8Array>, maxPayloadBytes = 1 << 20): Decoded {
  const frames: Decoded["frames"][number][] = [];
  let violation: number | undefined;
  const sink: DecoderSink = {
    maxPayloadBytes,
    frame: (opCode, payload) => frames.push({ opCode, payload }),
    violation(code) {
      if (violation !== undefined) throw new Error("told of a second violation");
      violation = code;
    },
  };
  const decoder = new FrameDecoder(sink);
  for (const chunk of chunks) decoder.write(chunk);
  return { frames, violation };
}

/** The same stream in chunks of these sizes, and what is left as the last. */
export function* cutAt(stream: Uint8Array, sizes: Iterable<number>): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    if (at >= stream.length) return;
    // Each in memory of its own, as chunks from the system are.
    yield stream.slice(at, at + size);
    at += size;
  }
  yield stream.slice(at);
}

/** As text, so that a difference is readable and comparing is fast. */
export function summary({ frames, violation }: Decoded): string {
  const each = frames.map(({ opCode, payload }) => `${opCode}:${Buffer.from(payload).toString("hex")}`);
  return [...each, violation === undefined ? "waits for more" : `violation ${violation}`].join("\n");
}
