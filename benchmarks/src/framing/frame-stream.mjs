import { tcpFrame } from "../load/tcp-frames.mjs";
import { serverFrame } from "../load/ws-frames.mjs";

export const FRAMES = 320;
const PAYLOAD_BYTES = 200;

/** How a stream reaches the decoder. */
const cuts = {
  "64 KiB": () => 64 * 1024,
  "1448 bytes": () => 1448,
  /** Each chunk ends two bytes into a header. */
  "header split": (offset, frameBytes) => (offset === 0 ? frameBytes + 2 : frameBytes),
  "1 byte": () => 1,
};

export const chunkings = Object.keys(cuts);

/** 320 frames of 200 bytes in chunks. */
export function chunksOf(framing, chunking) {
  const frame = { tcp: tcpFrame, ws: serverFrame }[framing](Buffer.alloc(PAYLOAD_BYTES, "x"));
  const stream = Buffer.concat(Array.from({ length: FRAMES }, () => frame));
  const chunks = [];
  for (let offset = 0; offset < stream.length; offset += chunks.at(-1).length) {
    chunks.push(Buffer.from(stream.subarray(offset, offset + cuts[chunking](offset, frame.length))));
  }
  return chunks;
}
