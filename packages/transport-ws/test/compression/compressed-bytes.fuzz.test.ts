import { setImmediate as turn } from "node:timers/promises";
import { constants, createDeflateRaw } from "node:zlib";
import { chunksOf, fuzzRuns, fuzzTimeout, mutate, type Random, randomFrom } from "@im/test-support/noise";
import { type CloseInfo, TransportError } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { Compression } from "../../src/compression/compression.js";
import { resolveDeflate } from "../../src/compression/deflate-options.js";
import { compressedDriver, RSV1 } from "../support/compressed.js";
import { PuppetSocket } from "../support/puppet-socket.js";
import { frame, parseFrame } from "../support/raw-frames.js";

const runs = Math.ceil(fuzzRuns / 40);
const createConn = createConnFactory({ maxPayloadBytes: 4_096 });
const compression = new Compression(resolveDeflate(true)!);

/** What a connection receives of these chunks, how it ends, and the opcodes that it sends. */
async function run(chunks: readonly Uint8Array[], keepsContext: boolean) {
  const socket = new PuppetSocket({ allowHalfOpen: false });
  const { driver, frames } = compressedDriver(socket, compression, keepsContext);
  const conn = createConn(driver);
  const heard: string[] = [];
  const ended = new Promise<CloseInfo>((end) => {
    conn.readFrames({
      frame: (opCode, payload) => void heard.push(`${opCode}:${Buffer.from(payload).toString("hex")}`),
      end,
    });
  });
  for (const chunk of chunks) socket.push(chunk);
  // Only after everything is read: after the end of the stream the Conn sends nothing.
  do await turn();
  while (frames.isSuspended || socket.readableLength > 0);
  socket.push(null);
  const { code, error } = await ended;
  const sent = parseFrame(Buffer.concat(socket.written))?.opCode;
  return { heard, end: `${code} ${error instanceof TransportError ? error.code : (error ?? "")}`, sent };
}

/** A peer that compresses, with or without context, and cuts its messages into fragments. */
class CompressingPeer {
  readonly sent: string[] = [];
  readonly #zlib = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  #pieces: Buffer[] = [];
  readonly #keepsContext: boolean;

  constructor(keepsContext: boolean) {
    this.#keepsContext = keepsContext;
    this.#zlib.on("data", (piece) => this.#pieces.push(piece));
  }

  /** A message of a few words, as frames. */
  async message(random: Random): Promise<Buffer> {
    const words = ["häppchen", "hello", "€ and 😀", "word", "deflate"];
    const text = Array.from({ length: random(60) }, () => words[random(words.length)]).join(" ");
    const opCode = 1 + random(2);
    this.sent.push(`${opCode}:${Buffer.from(text).toString("hex")}`);
    const isCompressed = text !== "" && random(4) > 0;
    const payload = isCompressed ? await this.#deflate(text) : Buffer.from(text);
    const parts: Buffer[] = [];
    let rest = payload;
    while (random(3) === 0) {
      const fragment = rest.subarray(0, random(rest.length + 1));
      rest = rest.subarray(fragment.length);
      const isFirst = parts.length === 0;
      parts.push(frame(isFirst ? opCode : 0, fragment, { fin: false, rsv: isFirst && isCompressed ? RSV1 : 0 }));
    }
    const isFirst = parts.length === 0;
    parts.push(frame(isFirst ? opCode : 0, rest, { rsv: isFirst && isCompressed ? RSV1 : 0 }));
    return Buffer.concat(parts);
  }

  async #deflate(text: string): Promise<Buffer> {
    this.#pieces = [];
    await new Promise<void>((done) => this.#zlib.write(text, () => done()));
    if (!this.#keepsContext) this.#zlib.reset();
    return Buffer.concat(this.#pieces).subarray(0, -4);
  }
}

describe.each([true, false])(`fuzz, ${runs} streams of compressed messages, with context: %s`, (keepsContext) => {
  it("arrive however they are fragmented and cut; damaged, they end with coded errors, the same in pieces", {
    timeout: fuzzTimeout,
  }, async () => {
    const random = randomFrom(0x7692);
    const ends = new Set<string>();
    for (let count = 0; count < runs; count++) {
      const peer = new CompressingPeer(keepsContext);
      const messages: Buffer[] = [];
      for (let i = random(4); i >= 0; i--) messages.push(await peer.message(random));
      const stream = Buffer.concat(messages);
      const whole = await run(chunksOf(stream, random), keepsContext);
      expect(whole, stream.toString("hex")).toEqual({ heard: peer.sent, end: "1006 ", sent: undefined });

      const damaged = mutate(stream, random);
      const inPieces = await run(chunksOf(damaged, random), keepsContext);
      ends.add(inPieces.end);
      if (inPieces.sent !== undefined) expect(inPieces.sent).toBe(8);
      expect(await run([damaged], keepsContext), Buffer.from(damaged).toString("hex")).toEqual(inPieces);
    }
    expect(ends).toContain("1007 IM_ERR_PROTOCOL");
    expect(ends).toContain("1002 IM_ERR_PROTOCOL");
    for (const end of ends)
      expect(end).toMatch(/^(1006 |1002 IM_ERR_PROTOCOL|1007 IM_ERR_PROTOCOL|1009 IM_ERR_PAYLOAD_TOO_LARGE|\d+ )$/);
  });
});
