import { type Conn, createChannel, OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { FramedChannel } from "../src/channel/framed-channel.js";
import { openChannel, openConn } from "./support/conns.js";
import { bytes, encoded, text } from "./support/fake-driver.js";
import { codeOf, endOfTurn, within } from "./support/waiting.js";

const quiet = { receive: () => {} };

describe("push", () => {
  it("sends Binary frames, all of a turn in one write, in order", async () => {
    const { channel, driver } = openChannel();
    for (let i = 0; i < 100; i++) expect(channel.push(bytes(`${i}`))).toBe(true);
    expect(driver.writes, "before the end of the turn").toEqual([]);
    await endOfTurn();
    expect(driver.writes.length).toBe(1);
    expect(driver.sent).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(driver.writes[0]!.every(({ opCode }) => opCode === OpCode.Binary)).toBe(true);
  });

  it("fault 7: pushes, frames and pongs share one queue and leave whole, in order", async () => {
    const { channel, driver } = openChannel();
    void channel.readLoop(quiet);
    channel.push(bytes("pushed"));
    driver.receive("are you there?", OpCode.Ping);
    channel.writeFrame(OpCode.Text, bytes("written"));
    await endOfTurn();
    expect(driver.writes).toHaveLength(1);
    expect(driver.writes[0]!.map(({ opCode, payload }) => `${opCode} ${text(payload)}`)).toEqual([
      "2 pushed",
      "10 are you there?",
      "1 written",
    ]);
  });

  it("fault 6: push on a closing channel throws a coded error, to that caller only", async () => {
    const { channel, driver } = openChannel({}, { peerCloses: true });
    const ended = channel.readLoop(quiet);
    channel.push(bytes("in time"));
    const closing = channel.close(4000, "done");
    const codes = [];
    for (let i = 0; i < 3; i++) {
      codes.push(await codeOf(() => channel.push(bytes("late"))));
      await endOfTurn();
    }
    await within(closing, "the end of close");
    expect(codes).toEqual(["IM_ERR_CLOSED", "IM_ERR_CLOSED", "IM_ERR_CLOSED"]);
    expect(driver.sent).toEqual(["in time"]);
    expect(await within(ended, "the end of the read loop")).toMatchObject({ code: 4000, clean: true });
  });

  it("returns false above the high-water mark; drained tells when to go on", async () => {
    const { channel, driver } = openChannel({ highWaterMarkBytes: 5 });
    driver.isBlocked = true;
    expect(channel.push(bytes("12345"))).toBe(true);
    expect(channel.push(bytes("6"))).toBe(false);
    await endOfTurn();
    const drained = channel.drained();
    driver.drain();
    await within(drained, "drained");
    expect(driver.sent, "what was above the mark is sent all the same").toEqual(["12345", "6"]);
  });

  it("one that throws sends nothing and harms no other", async () => {
    const { channel, driver } = openChannel({ maxPayloadBytes: 5 });
    channel.push(bytes("one"));
    expect(await codeOf(() => channel.push(bytes("too long")))).toBe("IM_ERR_PAYLOAD_TOO_LARGE");
    channel.push(bytes("two"));
    await endOfTurn();
    expect(driver.sent).toEqual(["one", "two"]);
  });

  it("what is pushed right before close still leaves", () => {
    const { channel, driver } = openChannel();
    channel.push(bytes("last words"));
    void channel.close();
    expect(driver.sent).toEqual(["last words"]);
    expect(driver.calls).toEqual(["close 1000"]);
  });

  it("a shared frame is queued in order with the others, on any Conn", async () => {
    const payload = bytes("shared");
    const shared = openChannel({}, { encodes: true });
    shared.channel.push(bytes("first"));
    FramedChannel.pushEncoded(shared.channel, encoded(OpCode.Binary, payload), payload, OpCode.Binary);
    await endOfTurn();
    expect(shared.driver.sent).toEqual(["first", "shared"]);
    expect(shared.driver.encoded, "frames encoded for this channel").toBe(1);
  });
});

describe("a channel is a Conn", () => {
  it("reads frames itself before the read loop, and leaves the rest to it", async () => {
    const { channel, driver } = openChannel();
    driver.receive("login");
    driver.receive("first message");
    expect(text((await channel.readFrame()).payload)).toBe("login");
    const received: string[] = [];
    void channel.readLoop({ receive: (_, payload) => void received.push(text(payload)) });
    expect(received).toEqual(["first message"]);
    expect(await codeOf(channel.readFrame())).toBe("IM_ERR_READ_CONFLICT");
  });

  it("has one read loop", async () => {
    const { channel } = openChannel();
    void channel.readLoop(quiet);
    expect(await codeOf(channel.readLoop(quiet))).toBe("IM_ERR_READ_CONFLICT");
  });

  it("a read loop that was refused, because of a pending read, may begin later", async () => {
    const { channel, driver } = openChannel();
    const reading = channel.readFrame();
    expect(await codeOf(channel.readLoop(quiet))).toBe("IM_ERR_READ_CONFLICT");
    driver.receive("read");
    await reading;
    const ended = channel.readLoop(quiet);
    driver.end();
    await within(ended, "the end of the second read loop");
  });

  it("passes everything else on", async () => {
    const { channel, conn, driver } = openChannel();
    const members = ["localAddress", "remoteAddress", "canPing", "queuedBytes"] as const;
    for (const member of members) expect(channel[member], member).toBe(conn[member]);
    channel.pauseReading();
    channel.resumeReading();
    channel.readFrames({ frame: () => {}, end: () => {} });
    channel.setReadDeadline(performance.now() + 60_000);
    channel.setWriteDeadline(performance.now() + 60_000);
    channel.setWriteWait(5_000);
    await channel[Symbol.asyncDispose].call({ close: () => channel.destroy() });
    await within(channel.closed, "the end");
    expect(driver.calls).toEqual(["pause", "resume", "destroy"]);
  });

  it("has an empty meta unless given one", () => {
    expect(openChannel().channel.meta).toEqual({});
  });
});

describe("createChannel", () => {
  it("makes a channel of any Conn", async () => {
    const { conn, driver } = openConn();
    const wrapped: Conn = new Proxy<Conn>(conn, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const channel = createChannel("bob", wrapped);
    expect([channel.id, channel.remoteAddress]).toEqual(["bob", driver.remoteAddress]);
    channel.push(bytes("hello"));
    await endOfTurn();
    expect(driver.sent).toEqual(["hello"]);
  });

  it("refuses bad and unknown options by name", () => {
    const { conn } = openConn();
    expect(() => createChannel("bob", conn, { readWaitMs: -1 })).toThrow(/readWaitMs/);
    expect(() => createChannel("bob", conn, { readWait: 5 } as object)).toThrow(/no option readWait;/);
  });

  it.each([Number.NaN, 0, -5])("refuses a read wait of %d, now and later", (waitMs) => {
    const { conn } = openConn();
    expect(() => createChannel("bob", conn).setReadWait(waitMs)).toThrow(/readWaitMs/);
  });
});
