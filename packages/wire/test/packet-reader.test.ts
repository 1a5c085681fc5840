import { createLogicPkt, marshal, type Packet, PacketReader, read, readPackets } from "@im/wire";
import { createBasicPkt, DEFAULT_MAX_BODY_BYTES, DEFAULT_MAX_HEADER_BYTES } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { longestAllocation } from "./allocations.js";
import { fromHex } from "./vectors.js";

const talk = createLogicPkt({ command: "chat.user.talk", sequence: 7, dest: "bob", body: Uint8Array.of(1, 2, 3) });
const bytes = marshal(talk);
const ping = marshal(createBasicPkt(1));
const code = (name: string) => expect.objectContaining({ name: "WireError", code: name });

describe("PacketReader", () => {
  it("gives every packet of a chunk before feed returns, in order", () => {
    const { reader, packets, feed } = collector();
    feed(concat(bytes, ping, bytes));
    expect(packets).toEqual([talk, createBasicPkt(1), talk]);
    expect(reader.bufferedBytes).toBe(0);
  });

  it("waits for the rest of a packet, wherever it was cut", () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const { reader, packets, feed } = collector();
      feed(bytes.subarray(0, cut));
      expect(packets).toEqual([]);
      expect(reader.bufferedBytes).toBe(cut);
      feed(concat(bytes.subarray(cut), ping));
      expect(packets).toEqual([talk, createBasicPkt(1)]);
    }
  });

  it("takes an empty chunk for nothing", () => {
    const { packets, feed } = collector();
    feed(new Uint8Array(0));
    feed(bytes.subarray(0, 5));
    feed(new Uint8Array(0));
    feed(bytes.subarray(5));
    expect(packets).toEqual([talk]);
  });

  it("hands out bodies as views: of the chunk, or of a buffer that it never uses again", () => {
    const { packets, feed } = collector();
    const chunk = concat(bytes, bytes.subarray(0, 20));
    feed(chunk);
    feed(concat(bytes.subarray(20), bytes.subarray(0, 20)));
    feed(bytes.subarray(20));
    expect(packets).toEqual([talk, talk, talk]);
    const buffers = packets.map((packet) => packet.body.buffer);
    expect(buffers[0]).toBe(chunk.buffer);
    expect(new Set(buffers).size).toBe(3);
  });

  it("gives plain Uint8Arrays even when it is fed Buffers", () => {
    const { packets, feed } = collector();
    feed(Buffer.from(bytes));
    expect(Object.getPrototypeOf(packets[0]?.body)).toBe(Uint8Array.prototype);
    expect(Object.getPrototypeOf(read(Buffer.from(bytes)).body)).toBe(Uint8Array.prototype);
  });

  it("gives what came before the fault, then fails, and stays failed", () => {
    const { reader, packets, feed } = collector();
    expect(() => feed(concat(bytes, fromHex("00000000")))).toThrow(code("IM_ERR_MAGIC"));
    expect(packets).toEqual([talk]);
    expect(() => feed(bytes)).toThrow(code("IM_ERR_MAGIC"));
    expect(() => reader.end()).toThrow(code("IM_ERR_MAGIC"));
    expect(packets).toEqual([talk]);
    expect(reader.bufferedBytes).toBe(0);
  });

  it("fails with the error of its callback, because the rest of the chunk is lost", () => {
    const reader = new PacketReader();
    const mine = new Error("mine");
    const feed = () =>
      reader.feed(concat(bytes, bytes), () => {
        throw mine;
      });
    expect(feed).toThrow(mine);
    expect(() => reader.feed(bytes, () => {})).toThrow(mine);
  });

  it("refuses to be fed from its own callback", () => {
    const reader = new PacketReader();
    expect(() => reader.feed(bytes, () => reader.feed(bytes, () => {}))).toThrow(code("IM_ERR_READER_BUSY"));
  });

  it("end throws inside a packet, and is silent between two", () => {
    const { reader, feed } = collector();
    reader.end();
    feed(bytes);
    reader.end();
    feed(bytes.subarray(0, 3));
    expect(() => reader.end()).toThrow(code("IM_ERR_TRUNCATED"));
  });
});

describe("limits", () => {
  const nothing = () => {};

  it("are 64 KiB and 1 MiB by default", () => {
    expect([DEFAULT_MAX_HEADER_BYTES, DEFAULT_MAX_BODY_BYTES]).toEqual([65_536, 1_048_576]);
    // c3 11 a3 65, header length 64 KiB + 1 or none, body length 1 MiB + 1: neither is waited for.
    expect(() => new PacketReader().feed(fromHex("c311a36500010001"), nothing)).toThrow(
      code("IM_ERR_HEADER_TOO_LARGE"),
    );
    expect(() => new PacketReader().feed(fromHex("c311a3650000000000100001"), nothing)).toThrow(
      code("IM_ERR_BODY_TOO_LARGE"),
    );
    expect(() => new PacketReader().feed(fromHex("c311a3650000000000100000"), nothing)).not.toThrow();
    expect(() => new PacketReader().feed(fromHex("c311a36500010000"), nothing)).not.toThrow();
  });

  it("hold to the byte, reading and writing", () => {
    const headerBytes = bytes.length - 12 - talk.body.length;
    const exact = { maxHeaderBytes: headerBytes, maxBodyBytes: 3 };
    expect(read(marshal(talk, exact), exact)).toEqual(talk);
    const shortHeader = { ...exact, maxHeaderBytes: headerBytes - 1 };
    const shortBody = { ...exact, maxBodyBytes: 2 };
    for (const act of [() => marshal(talk, shortHeader), () => read(bytes, shortHeader)]) {
      expect(act).toThrow(code("IM_ERR_HEADER_TOO_LARGE"));
    }
    for (const act of [() => marshal(talk, shortBody), () => read(bytes, shortBody)]) {
      expect(act).toThrow(code("IM_ERR_BODY_TOO_LARGE"));
    }
  });

  it("hold for a BasicPkt too, which never carries more than 65535 bytes", () => {
    expect(() => read(marshal(createBasicPkt(3, new Uint8Array(5))), { maxBodyBytes: 4 })).toThrow(
      code("IM_ERR_BODY_TOO_LARGE"),
    );
    expect(() => marshal(createBasicPkt(3, new Uint8Array(65_536)))).toThrow(code("IM_ERR_BODY_TOO_LARGE"));
  });
});

describe("fault 1: no length is allocated before its bytes arrive", () => {
  const unlimited = { maxHeaderBytes: 0xffffffff, maxBodyBytes: 0xffffffff };

  it.each([
    ["a header of 4 GiB", "c311a365ffffffff0a"],
    ["a body of 4 GiB", "c311a36500000000ffffffff01"],
    ["a string of 2 GiB inside the header", "c311a365000000060affffffff0700000000"],
  ])("fault 1: %s costs as much as the bytes that declare it", (_, hex) => {
    const input = fromHex(hex);
    const longest = longestAllocation(() => {
      ignoreErrors(() => read(input, unlimited));
      ignoreErrors(() => new PacketReader(unlimited).feed(input, () => {}));
      const reader = new PacketReader(unlimited);
      ignoreErrors(() => {
        for (let at = 0; at < input.length; at++) reader.feed(input.subarray(at, at + 1), () => {});
      });
    });
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(2 * input.length);
  });

  it("fault 1: the buffer of a large packet grows with what came", () => {
    const start = fromHex("c311a3650000000000100000");
    const reader = new PacketReader();
    for (const size of [0, 1000, 10_000, 100_000]) {
      const longest = longestAllocation(() => reader.feed(size === 0 ? start : new Uint8Array(size), () => {}));
      expect(longest).toBeLessThanOrEqual(2 * reader.bufferedBytes);
    }
  });
});

describe("readPackets", () => {
  it("gives the packets of a stream", async () => {
    const all = concat(bytes, ping, bytes);
    const packets: Packet[] = [];
    for await (const packet of readPackets(streamOf(all.subarray(0, 10), all.subarray(10)))) packets.push(packet);
    expect(packets).toEqual([talk, createBasicPkt(1), talk]);
  });

  it("gives the packets before a fault, then throws", async () => {
    const seen: Packet[] = [];
    const all = async () => {
      for await (const packet of readPackets(streamOf(concat(bytes, fromHex("00000000"))))) seen.push(packet);
    };
    await expect(all()).rejects.toThrow(code("IM_ERR_MAGIC"));
    expect(seen).toEqual([talk]);
  });

  it("throws when the stream ends inside a packet", async () => {
    const cut = readPackets(streamOf(bytes.subarray(0, 9)));
    await expect(cut.next()).rejects.toThrow(code("IM_ERR_TRUNCATED"));
  });

  it("closes the stream when the reader of packets stops early", async () => {
    let closed = false;
    async function* endless() {
      try {
        while (true) yield bytes;
      } finally {
        closed = true;
      }
    }
    for await (const packet of readPackets(endless())) {
      expect(packet).toEqual(talk);
      break;
    }
    expect(closed).toBe(true);
  });
});

function collector() {
  const reader = new PacketReader();
  const packets: Packet[] = [];
  return { reader, packets, feed: (chunk: Uint8Array) => reader.feed(chunk, (packet) => packets.push(packet)) };
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function* streamOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function ignoreErrors(action: () => void): void {
  try {
    action();
  } catch {}
}
