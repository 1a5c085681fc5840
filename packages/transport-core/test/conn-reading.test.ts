import { type CloseInfo, type Frame, OpCode, TransportError } from "@im/transport-core";
import { encodeClosePayload } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { openConn } from "./support/conns.js";
import { bytes, text } from "./support/fake-driver.js";
import { codeOf } from "./support/waiting.js";

const lost: CloseInfo = { code: 1006, reason: "", clean: false };
const words = (frames: readonly Frame[]) => frames.map(({ payload }) => text(payload));

/** Writes down what it is given. */
function recorder() {
  const events: string[] = [];
  const receiver = {
    frame: (opCode: OpCode, payload: Uint8Array) => void events.push(`${opCode} ${text(payload)}`.trimEnd()),
    closing: ({ code }: CloseInfo) => void events.push(`closing ${code}`),
    end: ({ code }: CloseInfo) => void events.push(`end ${code}`),
  };
  return { events, receiver };
}

describe("reading frames one by one", () => {
  it("gives the frame that comes, with its opcode", async () => {
    const { conn, driver } = openConn();
    const reading = conn.readFrame();
    driver.receive("hello", OpCode.Text);
    expect(await reading).toEqual({ opCode: OpCode.Text, payload: bytes("hello") });
  });

  it("gives frames that came before anyone read, in order", async () => {
    const { conn, driver } = openConn();
    for (const word of ["one", "two", "three"]) driver.receive(word);
    expect(words([await conn.readFrame(), await conn.readFrame(), await conn.readFrame()])).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  it("gives Ping and Pong too, and payloads without bytes", async () => {
    const { conn, driver } = openConn();
    driver.receive("p", OpCode.Ping);
    driver.receive("", OpCode.Pong);
    expect((await conn.readFrame()).opCode).toBe(OpCode.Ping);
    expect((await conn.readFrame()).opCode).toBe(OpCode.Pong);
  });

  it("refuses a second reader and leaves the first alone", async () => {
    const { conn, driver } = openConn();
    const first = conn.readFrame();
    expect(await codeOf(conn.readFrame())).toBe("IM_ERR_READ_CONFLICT");
    driver.receive("for the first");
    expect(text((await first).payload)).toBe("for the first");
  });

  it("an abort rejects with the signal's reason and loses no frame", async () => {
    const { conn, driver } = openConn();
    const controller = new AbortController();
    const reading = conn.readFrame({ signal: controller.signal });
    controller.abort(new Error("enough"));
    driver.receive("came at the same moment");
    expect(await codeOf(reading)).toBe("Error: enough");
    expect(text((await conn.readFrame()).payload)).toBe("came at the same moment");
  });

  it("a read right after an aborted one, in the same moment, is no conflict", async () => {
    const { conn, driver } = openConn();
    const controller = new AbortController();
    const given = codeOf(conn.readFrame({ signal: controller.signal }));
    controller.abort(new Error("given up"));
    const reading = conn.readFrame();
    driver.receive("for the second");
    expect(await given).toBe("Error: given up");
    expect(text((await reading).payload)).toBe("for the second");
  });

  it("a signal that is aborted already takes no frame", async () => {
    const { conn, driver } = openConn();
    driver.receive("stays");
    expect(await codeOf(conn.readFrame({ signal: AbortSignal.abort(new Error("before")) }))).toBe("Error: before");
    expect(text((await conn.readFrame()).payload)).toBe("stays");
  });

  it("an abort after the frame came changes nothing", async () => {
    const { conn, driver } = openConn();
    const controller = new AbortController();
    const reading = conn.readFrame({ signal: controller.signal });
    driver.receive("first");
    controller.abort();
    expect(text((await reading).payload)).toBe("first");
  });

  it("after the end, first what had come is read, then it rejects with the reason", async () => {
    const { conn, driver } = openConn();
    driver.receive("last words");
    driver.end({ code: 1006, reason: "reset", clean: false });
    expect(text((await conn.readFrame()).payload)).toBe("last words");
    const error = await conn.readFrame().catch((error: unknown) => error as TransportError);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: "IM_ERR_CLOSED", closeInfo: { code: 1006, reason: "reset" } });
  });

  it("a reader that waits learns of the end", async () => {
    const { conn, driver } = openConn();
    const reading = conn.readFrame();
    driver.end(lost);
    expect(await codeOf(reading)).toBe("IM_ERR_CLOSED");
  });

  it("a Close is answered, not returned, and ends reading after the frames before it", async () => {
    const { conn, driver } = openConn({}, { peerCloses: true });
    driver.receive("before");
    driver.receive(Uint8Array.of(0x03, 0xe9, 0x62), OpCode.Close);
    expect(driver.calls).toEqual(["close 1001 b"]);
    expect(text((await conn.readFrame()).payload)).toBe("before");
    expect(await codeOf(conn.readFrame())).toBe("IM_ERR_CLOSED");
  });
});

describe("frames that are not read", () => {
  it("are bounded: a full inbox pauses the peer, and taking one lets it go on", async () => {
    const { conn, driver } = openConn({ maxInboxMessages: 3 });
    for (const word of ["1", "2", "3"]) driver.receive(word);
    expect(driver.calls).toEqual(["pause"]);
    await conn.readFrame();
    expect(driver.calls).toEqual(["pause", "resume"]);
  });

  it("are bounded in bytes", () => {
    const { driver } = openConn({ maxInboxBytes: 10 });
    driver.receive("0123456789");
    expect(driver.calls).toEqual(["pause"]);
  });

  it("those of the same chunk still arrive, and reading goes on only when there is room", async () => {
    const { conn, driver } = openConn({ maxInboxMessages: 2 });
    for (const word of ["1", "2", "3", "4"]) driver.receive(word);
    await conn.readFrame();
    await conn.readFrame();
    expect(driver.calls).toEqual(["pause"]);
    await conn.readFrame();
    expect(driver.calls).toEqual(["pause", "resume"]);
    expect(text((await conn.readFrame()).payload)).toBe("4");
  });

  it("a pause that the user asked for outlasts the reading of frames that came before", async () => {
    const { conn, driver } = openConn();
    driver.receive("came before");
    conn.pauseReading();
    await conn.readFrame();
    expect(driver.calls).toEqual(["pause"]);
    conn.resumeReading();
    expect(driver.calls).toEqual(["pause", "resume"]);
  });
});

describe("handing reading over", () => {
  it("gives first the frames that were not read, then each as it comes, then the end", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    driver.receive("early");
    conn.readFrames(receiver);
    driver.receive("late", OpCode.Text);
    driver.end(lost);
    expect(events).toEqual(["2 early", "1 late", "end 1006"]);
  });

  it("gives the frames and the end of a connection that is closed already", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    driver.receive("last words");
    driver.end(lost);
    conn.readFrames(receiver);
    expect(events).toEqual(["2 last words", "end 1006"]);
  });

  it("is refused while a frame is being read, after which the read goes on", async () => {
    const { conn, driver } = openConn();
    const reading = conn.readFrame();
    const { receiver } = recorder();
    expect(await codeOf(() => conn.readFrames(receiver))).toBe("IM_ERR_READ_CONFLICT");
    driver.receive("for the reader");
    expect(text((await reading).payload)).toBe("for the reader");
  });

  it("happens once, and readFrame is refused afterwards", async () => {
    const { conn } = openConn();
    conn.readFrames(recorder().receiver);
    expect(await codeOf(() => conn.readFrames(recorder().receiver))).toBe("IM_ERR_READ_CONFLICT");
    expect(await codeOf(conn.readFrame())).toBe("IM_ERR_READ_CONFLICT");
  });

  it("lets a peer go on that was paused because its frames were not read", () => {
    const { conn, driver } = openConn({ maxInboxMessages: 1 });
    driver.receive("full");
    conn.readFrames(recorder().receiver);
    expect(driver.calls).toEqual(["pause", "resume"]);
  });

  it("keeps the order even if the driver gives frames while it resumes", () => {
    const { conn, driver } = openConn({ maxInboxMessages: 2 });
    const { events, receiver } = recorder();
    driver.receive("1");
    driver.receive("2");
    driver.resume = () => driver.receive("3");
    conn.readFrames(receiver);
    expect(events).toEqual(["2 1", "2 2", "2 3"]);
  });

  it("leaves the peer paused if the receiver pauses it meanwhile", () => {
    const { conn, driver } = openConn({ maxInboxMessages: 1 });
    const { receiver } = recorder();
    driver.receive("full");
    conn.readFrames({ ...receiver, frame: () => conn.pauseReading() });
    expect(driver.calls.at(-1)).toBe("pause");
  });

  it("tells of the peer's Close when it comes, once, and of the end when the socket ends", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    conn.readFrames(receiver);
    driver.receive("last words");
    driver.receive(encodeClosePayload(4001, "gone"), OpCode.Close);
    driver.receive(encodeClosePayload(4002, "gone twice"), OpCode.Close);
    expect(events).toEqual(["2 last words", "closing 4001"]);
    driver.end();
    expect(events.slice(2)).toEqual(["end 4001"]);
  });

  it("tells of a Close that came before it after the frames that did", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    driver.receive("last words");
    driver.receive(encodeClosePayload(4001, "gone"), OpCode.Close);
    conn.readFrames(receiver);
    expect(events).toEqual(["2 last words", "closing 4001"]);
  });

  it("tells at once of a peer that breaks the protocol", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    conn.readFrames(receiver);
    driver.receive("", 0x3);
    expect(events).toEqual(["closing 1002"]);
  });

  it("tells of the end alone if the socket ends while the peer's Close is answered", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    driver.close = () => driver.end();
    conn.readFrames(receiver);
    driver.receive(encodeClosePayload(4001, "gone"), OpCode.Close);
    expect(events).toEqual(["end 4001"]);
  });

  it("tells of the end alone if this side closes", () => {
    const { conn, driver } = openConn();
    const { events, receiver } = recorder();
    conn.readFrames(receiver);
    void conn.close();
    driver.receive(encodeClosePayload(1000, ""), OpCode.Close);
    driver.end();
    expect(events).toEqual(["end 1000"]);
  });

  it("tells the end once, last, even if the receiver ends the connection while it gets what came before", () => {
    const { conn, driver } = openConn({}, { endsAfterDestroy: "at once" });
    const { events, receiver } = recorder();
    driver.receive("1");
    driver.receive("2");
    const frame = (opCode: OpCode, payload: Uint8Array) => {
      receiver.frame(opCode, payload);
      conn.destroy();
    };
    conn.readFrames({ ...receiver, frame });
    expect(events).toEqual(["2 1", "2 2", "end 1006"]);
  });
});
