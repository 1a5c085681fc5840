import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../../src/framing/frame-decoder.js";
import { frame } from "../support/raw-frames.js";

/** The frames that a decoder finds in these chunks. */
function decoded(chunks: readonly Uint8Array[], isServer: boolean) {
  const found: { opCode: number; payload: Uint8Array }[] = [];
  const decoder = new FrameDecoder(
    {
      maxPayloadBytes: 100_000,
      frame: (opCode, payload) => found.push({ opCode, payload }),
      violation(code, reason) {
        throw new Error(`${code} ${reason}`);
      },
    },
    isServer,
    1,
  );
  for (const chunk of chunks) decoder.write(chunk);
  return found;
}

describe.each([
  ["a client", true, {}],
  ["a server", false, { mask: undefined }],
])("a frame of %s", (_, isServer, shape) => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 66_051])(
    "of %i bytes is found wherever its header is cut",
    (length) => {
      const payload = Uint8Array.from({ length }, (_, i) => i * 31 + 7);
      const whole = Uint8Array.from(
        Buffer.concat([frame(OpCode.Binary, payload, shape), frame(OpCode.Ping, "", shape)]),
      );
      for (let at = 0; at <= Math.min(15, whole.length); at++) {
        const [first, second, ...more] = decoded([whole.slice(0, at), whole.slice(at)], isServer);
        expect(Buffer.compare(first!.payload, payload), `cut at ${at}`).toBe(0);
        expect([first!.opCode, second!.opCode, more]).toEqual([OpCode.Binary, OpCode.Ping, []]);
      }
    },
  );

  it.each([OpCode.Text, OpCode.Binary, OpCode.Ping])("of opcode %i in one chunk is a view of it", (opCode) => {
    const chunk = Uint8Array.from(frame(opCode, "payload", shape));
    const [found] = decoded([chunk], isServer);
    expect(Buffer.from(found!.payload).toString()).toBe("payload");
    expect(found!.payload.buffer).toBe(chunk.buffer);
  });
});
