import type { Socket } from "node:net";
import { OpCode } from "@im/transport-core";
import { WriteBatch } from "@im/transport-core/node";
import { createLogicPkt, marshal } from "@im/wire";
import { scan } from "@im/wire/codec";
import { FrameDecoder } from "../../../packages/transport-ws/src/framing/frame-decoder.js";
import { headerBytes, writeHeader } from "../../../packages/transport-ws/src/framing/frame-header.js";
import { MASK_BYTES, nextMask, writeMask } from "../../../packages/transport-ws/src/framing/mask.js";

/** A function of the product that runs for each message, with the input of a chat. */
export interface HotFunction {
  readonly name: string;
  /** Its time divided by that of the plain loop over `bytes`: between what Node 20 to 26 take on a Xeon and on an EPYC. */
  readonly usualRatio: number;
  /** What one run reads or writes. */
  readonly bytes: Uint8Array;
  /** @returns its last result: what nobody uses, V8 need not compute */
  run(): unknown;
}

const packets = Array.from({ length: 64 }, (_, i) =>
  createLogicPkt({
    command: "chat.user.talk",
    channelId: `gate01_channel${10 + i}`,
    sequence: 100_000 + i,
    dest: `user${10 + i}`,
    body: new Uint8Array(128).fill(i),
  }),
);
const encoded = packets.map((packet) => Buffer.from(marshal(packet)));
const allEncoded = Buffer.concat(encoded);

export const hotFunctions: readonly HotFunction[] = [
  { name: "unmask 128 bytes", usualRatio: 0.41, ...unmasking({ payloadBytes: 128, frames: 128 }) },
  { name: "unmask 16 KiB", usualRatio: 0.1, ...unmasking({ payloadBytes: 16 * 1024, frames: 4 }) },
  {
    name: "walk a header",
    usualRatio: 0.41,
    bytes: allEncoded,
    run() {
      let command = "";
      for (const bytes of encoded) {
        const packet = scan(bytes);
        if (packet.kind === "logic") command = packet.command;
      }
      return command;
    },
  },
  {
    name: "encode",
    usualRatio: 0.85,
    bytes: allEncoded,
    run() {
      let bytes: Uint8Array | undefined;
      for (const packet of packets) bytes = marshal(packet);
      return bytes;
    },
  },
  {
    name: "batch",
    usualRatio: 0.094,
    bytes: allEncoded,
    run() {
      const batch = WriteBatch.take();
      for (const bytes of encoded) batch.append(bytes);
      return batch.writeTo(discards);
    },
  },
];

/** A socket that takes at once what is written. */
const discards = { writableLength: 0, write() {}, cork() {}, uncork() {} } as unknown as Socket;

/** Decodes a chunk of a client's frames. Each run unmasks in place, and so masks what the run before has unmasked. */
function unmasking({ payloadBytes, frames }: { payloadBytes: number; frames: number }) {
  const chunk = Buffer.concat(Array.from({ length: frames }, () => maskedFrame(payloadBytes)));
  let last: Uint8Array | undefined;
  const sink = {
    maxPayloadBytes: payloadBytes,
    frame(_opCode: number, payload: Uint8Array) {
      last = payload;
    },
    violation(_code: number, reason: string) {
      throw new Error(reason);
    },
  };
  const decoder = new FrameDecoder(sink, true, 1);
  return {
    bytes: chunk,
    run() {
      decoder.write(chunk);
      return last;
    },
  };
}

function maskedFrame(payloadBytes: number): Uint8Array {
  const frame = new Uint8Array(headerBytes(payloadBytes) + MASK_BYTES + payloadBytes);
  writeMask(frame, writeHeader(frame, 0, OpCode.Binary, payloadBytes, true), nextMask());
  return frame;
}
