import { deflateRawSync } from "node:zlib";
import { closePayload, describeViolations } from "@im/test-support/raw-peer";
import { Recorder } from "@im/test-support/recorder";
import { createConnFactory } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { Compression } from "../../src/compression/compression.js";
import { resolveDeflate } from "../../src/compression/deflate-options.js";
import {
  COMPRESSED,
  compressed,
  compressedDriver,
  deflated,
  fragments,
  inflated,
  loggedIn,
  RSV1,
  rawCompressedWs,
  start,
} from "../support/compressed.js";
import { PuppetSocket } from "../support/puppet-socket.js";
import { closeFrame, frame } from "../support/raw-frames.js";

const noText = Buffer.concat([
  Buffer.from("a text that goes on "),
  Uint8Array.of(0xc3, 0x28),
  Buffer.alloc(5_000, "a"),
]);
const tooLarge = Buffer.alloc(1_048_577, "a");

describeViolations(rawCompressedWs, [
  ["RSV1 on a Ping", frame(9, "hi", { rsv: RSV1 }), 1002],
  ["RSV1 on a Close", closeFrame(1000, "", { rsv: RSV1 }), 1002],
  ["RSV1 on an unknown opcode", frame(3, "hi", { rsv: RSV1 }), 1002],
  ["RSV1 with RSV2", frame(2, deflated("hi"), { rsv: 6 }), 1002],
  ["RSV2", frame(2, "hi", { rsv: 2 }), 1002],
  [
    "RSV1 on a continuation of a compressed message",
    Buffer.concat([frame(2, deflated("hi"), { rsv: RSV1, fin: false }), frame(0, "", { rsv: RSV1 })]),
    1002,
  ],
  [
    "RSV1 on a continuation of a message that is not compressed",
    Buffer.concat([frame(2, "hi", { fin: false }), frame(0, deflated("hi"), { rsv: RSV1 })]),
    1002,
  ],
  [
    "a compressed message inside a fragmented one",
    Buffer.concat([frame(2, deflated("hi"), { rsv: RSV1, fin: false }), compressed(2, "b")]),
    1002,
  ],
  ["what is no deflate data", frame(2, Uint8Array.of(7, 8, 9, 10), { rsv: RSV1 }), 1007],
  ["a reference to before the first message", frame(2, Uint8Array.of(0x02, 0x42, 0x00), { rsv: RSV1 }), 1007],
  ["a compressed text that is no UTF-8", compressed(1, noText), 1007],
  ["a compressed text whose UTF-8 is cut", compressed(1, Uint8Array.of(0xe2, 0x82)), 1007],
  [
    "nine blocks that are marked as the last",
    frame(2, Buffer.concat(Array.from({ length: 9 }, () => deflateRawSync("a"))), { rsv: RSV1 }),
    1007,
  ],
  ["a message that is too large once it is decompressed", compressed(2, tooLarge), 1009],
  [
    "fragments that are too large once they are decompressed",
    Buffer.concat(fragments(2, deflated(tooLarge), 100)),
    1009,
  ],
  [
    "a compressed message that declares more than deflate makes of the limit",
    frame(2, "", { rsv: RSV1, declares: 1_200_000n }),
    1009,
  ],
]);

describe("a compressed message", () => {
  it("that is fragmented arrives whole, with a Ping between its fragments", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    const [first, ...rest] = fragments(1, deflated("a whole text, a whole text"), 5);
    peer.send(first!, frame(9, "ping"), ...rest, frame(0x2, "next"));
    expect(await watched.messages.next()).toMatchObject({ text: "a whole text, a whole text", opCode: 1 });
    expect(await watched.messages.next()).toMatchObject({ text: "next", opCode: 2 });
    expect(await peer.message()).toEqual({ opCode: 10, text: "ping" });
  });

  it("arrives however it is cut: at every byte, with what follows it", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    const stream = Buffer.concat([
      compressed(1, "one, one, one"),
      ...fragments(2, deflated("two, two, two"), 4),
      frame(2, "three"),
      compressed(2, "four"),
    ]);
    for (let at = 1; at < stream.length; at++) {
      peer.send(stream.subarray(0, at));
      await new Promise((sent) => peer.socket.write("", sent));
      peer.send(stream.subarray(at));
    }
    await peer.drip(stream);
    await watched.messages.until(() => watched.messages.all.length === 4 * stream.length, "all messages");
    const order = ["one, one, one", "two, two, two", "three", "four"];
    expect(watched.messages.all.map(({ text }) => text)).toEqual(
      Array.from({ length: stream.length }, () => order).flat(),
    );
  });

  it("holds back what follows it: messages, Pings and the Close keep their order", async () => {
    const watched = await start({ messageListener: { receive: (agent, payload) => agent.push(payload) } });
    const peer = await loggedIn(watched);
    const large = "large ".repeat(100_000);
    peer.send(compressed(2, large), frame(2, "small"), frame(9, "ping"), compressed(2, "last"), closeFrame(1000));
    const [echo, ...rest] = await peer.framesUntilEnd();
    expect(echo!.opCode).toBe(COMPRESSED | 2);
    expect(inflated(echo!.payload)).toBe(large);
    expect(rest.map(({ opCode, payload }) => [opCode, payload.toString()])).toEqual([
      [2, "small"],
      [10, "ping"],
      [2, "last"],
      [8, closePayload(1000).toString()],
    ]);
    expect(watched.messages.all.map(({ text }) => text)).toEqual([large, "small", "last"]);
  });

  it("that was sent before the peer hung up arrives", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    peer.send(compressed(2, "x".repeat(500_000)), compressed(2, "last"));
    peer.hangUp();
    expect((await watched.messages.next()).text).toHaveLength(500_000);
    expect((await watched.messages.next()).text).toBe("last");
    expect((await watched.disconnects.next()).info).toMatchObject({ code: 1006 });
  });

  it("of exactly the limit arrives, even if deflate makes it larger", async () => {
    const watched = await start({ maxPayloadBytes: 1_000 });
    const peer = await loggedIn(watched);
    const stored = deflated(Buffer.alloc(1_000, "a"), 0);
    expect(stored.length).toBeGreaterThan(1_000);
    peer.send(frame(2, stored, { rsv: RSV1 }));
    expect((await watched.messages.next()).text).toHaveLength(1_000);
  });

  it("whose blocks are marked as the last arrives, and so does the next (RFC 7692 §7.2.3.4)", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    peer.send(
      frame(2, Buffer.concat([deflateRawSync("one "), deflateRawSync("message"), Uint8Array.of(0)]), { rsv: RSV1 }),
    );
    peer.send(compressed(2, "another"));
    expect(await watched.messages.next()).toMatchObject({ text: "one message" });
    expect(await watched.messages.next()).toMatchObject({ text: "another" });
  });

  it("fails at the fragment in which its text is no UTF-8, without waiting for the rest", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    peer.send(frame(1, deflated(Uint8Array.of(0x61, 0xff)), { rsv: RSV1, fin: false }));
    expect(await peer.close()).toMatchObject({ code: 1007 });
  });

  it("waits at the peer while the listener is busy, and no more than one is decompressed ahead", async () => {
    let go = () => {};
    const released = new Promise<void>((resolve) => {
      go = resolve;
    });
    const watched = await start({ maxInboxMessages: 1, messageListener: { receive: () => released } });
    const peer = await loggedIn(watched);
    peer.send(...Array.from({ length: 50 }, (_, i) => compressed(2, `message ${i} `.repeat(10_000))));
    await watched.messages.next();
    go();
    await watched.messages.until(() => watched.messages.all.length === 50, "all messages");
    expect(watched.messages.all.map(({ text }) => text.slice(0, 10).trim())).toEqual(
      Array.from({ length: 50 }, (_, i) => `message ${i}`.slice(0, 10)),
    );
  });
});

it("a pause at a frame behind a compressed message stops the socket", async () => {
  const socket = new PuppetSocket();
  const { driver, frames } = compressedDriver(socket, new Compression(resolveDeflate(true)!));
  const conn = createConnFactory({})(driver);
  const received = new Recorder<string>("frames");
  conn.readFrames({
    frame(_opCode, payload) {
      const text = Buffer.from(payload).toString();
      if (text === "small") conn.pauseReading();
      received.add(text);
    },
    end() {},
  });
  socket.push(Buffer.concat([compressed(2, "compressed"), frame(2, "small")]));
  await received.first((text) => text === "small", "the frame behind it");
  expect(socket.isPaused()).toBe(true);
  expect(frames.isSuspended).toBe(false);
  socket.push(compressed(2, "later"));
  conn.resumeReading();
  expect(await received.first((text) => text === "later", "what follows")).toBe("later");
  conn.destroy();
});

it("compressed messages arrive whole and in order if the reader pauses and resumes in each", async () => {
  const socket = new PuppetSocket();
  const { driver } = compressedDriver(socket, new Compression(resolveDeflate(true)!));
  const conn = createConnFactory({})(driver);
  const received = new Recorder<string>("frames");
  conn.readFrames({
    frame(_opCode, payload) {
      conn.pauseReading();
      conn.resumeReading();
      received.add(Buffer.from(payload).toString());
    },
    end() {},
  });
  const texts = Array.from({ length: 10 }, (_, i) => `message ${i}`);
  socket.push(Buffer.concat(texts.map((text) => compressed(2, text))));
  await received.until(() => received.all.length === texts.length, "all messages");
  expect(received.all).toEqual(texts);
  conn.destroy();
});

it.each([
  [false, 2_000],
  [true, 20],
])(
  "a message that repeats the one before is sent in full, unless there is context: %s",
  async (keepsContext, bytes) => {
    const perMessageDeflate = { threshold: 1, serverNoContextTakeover: !keepsContext };
    const watched = await start({ perMessageDeflate });
    const peer = await loggedIn(watched);
    const noise = Uint8Array.from({ length: 2_000 }, (_, i) => (i * i * 2_654_435_761) >>> 16);
    for (let i = 0; i < 2; i++) watched.server.push("alice", noise.slice());
    expect((await peer.frame()).payload.length).toBeGreaterThan(1_900);
    const again = (await peer.frame()).payload.length;
    expect(Math.abs(again - bytes)).toBeLessThan(100);
  },
);

it("memory behind a received payload has no other message in it", async () => {
  const watched = await start();
  const peer = await loggedIn(watched);
  peer.send(compressed(2, "one"), compressed(2, "two"));
  for (const text of ["one", "two"]) {
    const { payload } = await watched.messages.next();
    expect(Buffer.from(payload.buffer).toString()).toBe(text);
  }
});

it("compressed messages whose rest is missing count for the limit of all inboxes, with their decompressors", async () => {
  const watched = await start({ maxInboxBytesTotal: 4 * 64 * 1024 });
  const peers = await Promise.all(["a", "b", "c", "d", "e"].map((id) => loggedIn(watched, id)));
  for (const peer of peers) peer.send(frame(2, deflated("half a message"), { rsv: RSV1, fin: false }));
  const { info } = await watched.disconnects.next();
  expect(info).toMatchObject({ code: 1013, error: { code: "IM_ERR_INBOX_FULL" } });
});
