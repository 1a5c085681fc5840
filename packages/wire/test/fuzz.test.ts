import { marshal, type Packet, PacketReader, read, WireError, withMeta } from "@im/wire";
import { decodeLoginReq, peekCommand, restamp, scan } from "@im/wire/codec";
import { decodeBody, GroupGetRespSchema, MessagePushSchema } from "@im/wire/messages";
import { describe, expect, it } from "vitest";
import { longestAllocation } from "./allocations.js";
import { basicVectors, fromHex, logicVectors, oddVectors, toHex } from "./vectors.js";

const runs = Number(process.env.FUZZ_RUNS ?? 20_000);
const timeout = 20_000 + runs;
const stamp = { channelId: "ch_2", meta: { app: "im" } };
const unlimited = { maxHeaderBytes: 0xffffffff, maxBodyBytes: 0xffffffff };
/** Small enough that most mutations hit something that matters. */
const seeds = [...logicVectors, ...basicVectors]
  .flatMap(({ packet_hex }) => packet_hex ?? [])
  .concat(oddVectors.filter(({ target }) => target === "pkt.Read").map(({ input_hex }) => input_hex))
  .filter((hex) => hex.length < 1000)
  .map(fromHex);

describe(`fuzz, ${runs} inputs each`, () => {
  it("nothing but WireError is thrown, and what is accepted survives a round trip", { timeout }, () => {
    const random = randomFrom(0x1d);
    let accepted = 0;
    for (let run = 0; run < runs; run++) {
      const input = nextInput(random);
      const packet = attempt(input, () => read(input, unlimited));
      const command = attempt(input, () => peekCommand(input));
      const lazy = attempt(input, () => scan(input, unlimited));
      const stamped = attempt(input, () => restamp(input, stamp, unlimited));
      attempt(input, () => decodeLoginReq(input));
      attempt(input, () => decodeBody(GroupGetRespSchema, input));
      attempt(input, () => decodeBody(MessagePushSchema, input));
      if (packet === undefined) continue;
      accepted++;
      const again = read(marshal(packet, unlimited), unlimited);
      if (toHex(marshal(again, unlimited)) !== toHex(marshal(packet, unlimited))) throw report(input, "unstable");
      if (command !== (packet.kind === "logic" ? packet.command : undefined))
        throw report(input, "peekCommand differs");
      if (lazy === undefined || toHex(marshal(lazy, unlimited)) !== toHex(marshal(packet, unlimited)))
        throw report(input, "scan differs");
      if (packet.kind === "basic") continue;
      const longWay = withMeta({ ...packet, channelId: stamp.channelId }, "app", stamp.meta.app);
      if (stamped === undefined || toHex(rewritten(stamped)) !== toHex(marshal(longWay, unlimited)))
        throw report(input, "restamp differs");
    }
    // Both ways must have been taken often, or this test tests nothing.
    expect(accepted).toBeGreaterThan(runs / 20);
    expect(accepted).toBeLessThan(runs - runs / 20);
  });

  it("a stream in pieces gives what the same bytes give at once", { timeout }, () => {
    const random = randomFrom(0x2e);
    for (let run = 0; run < runs; run++) {
      const input = concat(nextInput(random), nextInput(random));
      const pieces = outcome(split(input, random));
      const whole = outcome([input]);
      if (pieces !== whole) throw report(input, `${pieces} in pieces, ${whole} at once`);
    }
  });

  it("no allocation is larger than what has arrived calls for", { timeout }, () => {
    const random = randomFrom(0x3f);
    for (let run = 0; run < runs / 10; run++) {
      const input = nextInput(random);
      const pieces = split(input, random);
      const longest = longestAllocation(() => {
        attempt(input, () => read(input, unlimited));
        attempt(input, () => {
          const reader = new PacketReader(unlimited);
          for (const piece of pieces) reader.feed(piece, () => {});
        });
      });
      if (longest > 2 * input.length) throw report(input, `${longest} bytes allocated`);
    }
  });
});

function rewritten(bytes: Uint8Array): Uint8Array {
  return marshal(read(bytes, unlimited), unlimited);
}

/** What a reader makes of a stream: its packets, then how it ended. */
function outcome(pieces: readonly Uint8Array[]): string {
  const reader = new PacketReader();
  const packets: Packet[] = [];
  const end = attempt(concat(...pieces), () => {
    for (const piece of pieces) reader.feed(piece, (packet) => packets.push(packet));
    return reader.bufferedBytes;
  });
  return JSON.stringify([packets.map((packet) => toHex(marshal(packet))), end ?? "failed"]);
}

/** The result, or undefined for a WireError; any other error fails the test with the input that made it. */
function attempt<T>(input: Uint8Array, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw report(input, String(error), error);
  }
}

function report(input: Uint8Array, what: string, cause?: unknown): Error {
  return new Error(`input ${toHex(input)}: ${what}`, { cause });
}

type Random = (below: number) => number;

/** A golden packet with a few bytes changed, cut, inserted or doubled; sometimes plain noise behind a magic. */
function nextInput(random: Random): Uint8Array {
  let bytes = [...seeds[random(seeds.length)]!];
  if (random(10) === 0) bytes = bytes.slice(0, 4).concat(Array.from({ length: random(40) }, () => random(256)));
  for (let count = random(4); count > 0; count--) {
    const at = random(bytes.length + 1);
    const kind = random(5);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) bytes.splice(at, 1 + random(4));
    else if (kind === 3) bytes.splice(at, 0, [0, 0x7f, 0x80, 0xff, 0x4b, 0x3a][random(6)]!);
    else bytes.splice(at, 0, ...bytes.slice(at, at + 8));
  }
  return Uint8Array.from(bytes);
}

function split(input: Uint8Array, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < input.length; ) {
    const end = at + 1 + random(random(3) === 0 ? 60 : 4);
    pieces.push(input.subarray(at, end));
    at = end;
  }
  return pieces;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** mulberry32: the same inputs in every run, so that a failure can be repeated. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
