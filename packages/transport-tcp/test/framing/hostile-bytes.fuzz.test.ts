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
import { type CloseInfo, OpCode, TransportError } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/index.js";
import { TcpConnDriver } from "../../src/tcp-conn-driver.js";
import { decode, summary } from "../support/decoding.js";
import { PuppetSocket } from "../support/puppet-socket.js";
import { frameVectors, oddFrameVectors, payloadOf } from "../support/vectors.js";

/** Small enough that most mutations hit a header. */
const seeds = [
  ...frameVectors.filter(({ frame_len }) => frame_len < 200).map((one) => encodeFrame(one.opcode, payloadOf(one))),
  ...oddFrameVectors.map(({ input_hex }) => Buffer.from(input_hex, "hex")),
  encodeFrame(OpCode.Close, Uint8Array.of(3, 0xe8, 0x62, 0x79, 0x65)),
];

/** Some golden frames behind each other, mutated; sometimes plain noise. */
function nextStream(random: Random): Uint8Array {
  if (random(10) === 0) return noise(random, random(60));
  const frames = Array.from({ length: 1 + random(3) }, () => seeds[random(seeds.length)]!);
  return mutate(Buffer.concat(frames), random);
}

describe(`fuzz, ${fuzzRuns} streams each`, () => {
  it("a decoder finds the same in pieces as at once, and nothing is thrown", { timeout: fuzzTimeout }, () => {
    const random = randomFrom(0x51);
    let whole = 0;
    for (let run = 0; run < fuzzRuns; run++) {
      const input = nextStream(random);
      const atOnce = attempt(input, () => summary(decode([input], 4096)));
      const inPieces = attempt(input, () => summary(decode(chunksOf(input, random), 4096)));
      if (inPieces !== atOnce) throw failure(input, `in pieces\n${inPieces}\nat once\n${atOnce}`);
      if (!atOnce.includes("violation")) whole++;
    }
    // Both ways must have been taken often, or this test tests nothing.
    expect(whole).toBeGreaterThan(fuzzRuns / 20);
    expect(whole).toBeLessThan(fuzzRuns - fuzzRuns / 20);
  });

  it("a connection ends with nothing but coded errors, and says at most one Close", { timeout: fuzzTimeout }, () => {
    const random = randomFrom(0x62);
    const createConn = createConnFactory({ maxPayloadBytes: 4096 });
    const ends = new Map<string, number>();
    for (let run = 0; run < fuzzRuns; run++) {
      const input = nextStream(random);
      const socket = new PuppetSocket();
      let ended: CloseInfo | undefined;
      attempt(input, () => {
        const conn = createConn(new TcpConnDriver(socket.asSocket));
        conn.readFrames({
          frame: () => {},
          end: (info) => {
            if (ended) throw failure(input, "ended twice");
            ended = info;
          },
        });
        for (const chunk of chunksOf(input, random)) socket.emit("data", Buffer.from(chunk));
        socket.hangUp();
      });
      if (!ended) throw failure(input, "not ended");
      const end = endOf(input, ended, decode(socket.written));
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    expect([...ends.keys()].sort()).toEqual([
      "Close of the peer",
      "IM_ERR_PAYLOAD_TOO_LARGE",
      "IM_ERR_PROTOCOL",
      "hung up",
    ]);
  });
});

function attempt<T>(input: Uint8Array, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw failure(input, String(error), error);
  }
}

/** Names the end of a connection, and checks what the peer was told. */
function endOf(input: Uint8Array, info: CloseInfo, { frames }: ReturnType<typeof decode>): string {
  if (frames.some(({ opCode }) => opCode !== OpCode.Close)) throw failure(input, "wrote something that is no Close");
  const said = frames.length === 0 ? "nothing" : `${frames.length} Close`;
  if (info.code === 1006) {
    if (info.error) throw failure(input, String(info.error));
    if (said !== "nothing") throw failure(input, `said ${said} to a peer that hung up`);
    return "hung up";
  }
  if (said !== "1 Close") throw failure(input, `said ${said} at ${info.code}`);
  if (!info.error) return "Close of the peer";
  if (!(info.error instanceof TransportError)) throw failure(input, `ended with ${info.error}`);
  return info.error.code;
}
