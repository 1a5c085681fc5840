import type { Socket } from "node:net";
import {
  chunksOf,
  failure,
  fuzzRuns,
  fuzzTimeout,
  mutate,
  noise,
  type Random,
  randomFrom,
} from "@im/test-support/noise";
import { type CloseInfo, TransportError } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { WsConnDriver } from "../../src/ws-conn-driver.js";
import { PuppetSocket } from "../support/puppet-socket.js";
import { closeFrame, frame, parseFrame, type RawWsFrame } from "../support/raw-frames.js";

const MAX_PAYLOAD_BYTES = 4096;
const seeds = [
  ...[0, 1, 5, 125, 126, 200].flatMap((length) => [1, 2].map((opCode) => frame(opCode, Buffer.alloc(length, 0x61)))),
  ...[0, 1, 125].flatMap((length) => [9, 10].map((opCode) => frame(opCode, Buffer.alloc(length, 0x62)))),
  Buffer.concat([frame(1, "frag", { fin: false }), frame(9, "between"), frame(0, "ments")]),
  frame(8),
  closeFrame(1000, "bye"),
  frame(2, "", { declares: 2n ** 62n }),
];

/** Some frames behind each other, mutated; sometimes plain noise. */
function nextStream(random: Random): Uint8Array {
  if (random(10) === 0) return noise(random, random(60));
  const frames = Array.from({ length: 1 + random(3) }, () => seeds[random(seeds.length)]!);
  return mutate(Buffer.concat(frames), random);
}

/** What the connection heard until it ended, and what it said. */
async function run(chunks: readonly Uint8Array[], createConn: ReturnType<typeof createConnFactory>) {
  const socket = new PuppetSocket({ allowHalfOpen: false });
  const upgraded = { socket: socket as unknown as Socket, head: Buffer.alloc(0), subprotocol: "" };
  const driver = new WsConnDriver(upgraded, { isServer: true, maxFragments: 100 });
  const conn = createConn(driver);
  const heard: string[] = [];
  const info = await new Promise<CloseInfo>((end) => {
    conn.readFrames({
      frame: (opCode, payload) => void heard.push(`${opCode}:${Buffer.from(payload).toString("hex")}`),
      end,
    });
    for (const chunk of chunks) socket.push(chunk);
    // Only after everything is read: after the end of the stream the Conn sends nothing.
    setImmediate(() => socket.push(null));
  });
  return { heard, info, said: framesOf(Buffer.concat(socket.written)) };
}

function framesOf(bytes: Buffer): RawWsFrame[] {
  const frames: RawWsFrame[] = [];
  let rest = bytes;
  for (let next = parseFrame(rest); next; next = parseFrame(rest)) {
    frames.push(next);
    rest = rest.subarray(next.size);
  }
  if (rest.length > 0) throw new Error(`said half a frame: ${rest.toString("hex")}`);
  return frames;
}

/** Names the end of a connection, and checks what the peer was told. */
function endOf(input: Uint8Array, { info, said }: Awaited<ReturnType<typeof run>>): string {
  if (said.some(({ opCode }) => opCode !== 8)) throw failure(input, "said something that is no Close");
  if (info.code === 1006) {
    if (info.error || said.length > 0) throw failure(input, `hung up: ${info.error}, ${said.length} frames said`);
    return "hung up";
  }
  if (said.length !== 1) throw failure(input, `said ${said.length} Closes at ${info.code}`);
  if (!info.error) return "Close of the peer";
  if (!(info.error instanceof TransportError)) throw failure(input, `ended with ${info.error}`);
  return `${info.error.code} ${info.code}`;
}

describe(`fuzz, ${fuzzRuns} streams`, () => {
  it("a connection ends with nothing but coded errors, sends at most one Close, and receives the same in pieces", {
    timeout: 2 * fuzzTimeout,
  }, async () => {
    const random = randomFrom(0x73);
    const createConn = createConnFactory({ maxPayloadBytes: MAX_PAYLOAD_BYTES });
    const ends = new Map<string, number>();
    for (let count = 0; count < fuzzRuns; count++) {
      const input = nextStream(random);
      const inPieces = await run(chunksOf(input, random), createConn);
      const end = endOf(input, inPieces);
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (count % 4 > 0) continue;
      const atOnce = await run([input], createConn);
      expect([atOnce.heard, endOf(input, atOnce)], Buffer.from(input).toString("hex")).toEqual([inPieces.heard, end]);
    }
    expect([...ends.keys()].sort()).toEqual([
      "Close of the peer",
      "IM_ERR_PAYLOAD_TOO_LARGE 1009",
      "IM_ERR_PROTOCOL 1002",
      "IM_ERR_PROTOCOL 1007",
      "hung up",
    ]);
  });
});
