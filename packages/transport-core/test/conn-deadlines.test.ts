import { OpCode } from "@im/transport-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEADLINE_TICK_MS } from "../src/deadline/deadline-wheel.js";
import { openConn } from "./support/conns.js";
import { bytes } from "./support/fake-driver.js";
import { TURN_MS, useFakeTime } from "./support/fake-time.js";
import { codeOf } from "./support/waiting.js";

describe("deadlines of a connection", () => {
  beforeEach(() => {
    useFakeTime();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const inMs = (ms: number) => performance.now() + ms;
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const receiver = { frame: () => {}, end: () => {} };

  it("a read rejects at the read deadline, and the connection stays open", async () => {
    const { conn, driver } = openConn();
    conn.setReadDeadline(inMs(1_000));
    const reading = codeOf(conn.readFrame());
    await pass(1_000 + DEADLINE_TICK_MS);
    expect(await reading).toBe("IM_ERR_READ_TIMEOUT");
    expect(driver.calls).toEqual([]);
    driver.receive("still open");
    expect((await conn.readFrame()).payload).toEqual(bytes("still open"));
  });

  it("a read after the deadline rejects as soon as the sockets have been read", async () => {
    const { conn, driver } = openConn();
    conn.setReadDeadline(inMs(-1));
    const silent = codeOf(conn.readFrame());
    await pass(2 * TURN_MS);
    expect(await silent).toBe("IM_ERR_READ_TIMEOUT");
    driver.receive("there");
    expect((await conn.readFrame()).payload).toEqual(bytes("there"));
    const late = conn.readFrame();
    driver.receive("waited in the system");
    expect((await late).payload).toEqual(bytes("waited in the system"));
  });

  it("a deadline that is set while a read waits counts for it, also an earlier one", async () => {
    const { conn } = openConn();
    conn.setReadDeadline(inMs(60_000));
    const reading = codeOf(conn.readFrame());
    conn.setReadDeadline(inMs(500));
    await pass(500 + DEADLINE_TICK_MS);
    expect(await reading).toBe("IM_ERR_READ_TIMEOUT");
  });

  it("Infinity takes the deadline away", async () => {
    const { conn, driver } = openConn();
    conn.setReadDeadline(inMs(500));
    const reading = conn.readFrame();
    conn.setReadDeadline(Number.POSITIVE_INFINITY);
    await pass(3_600_000);
    driver.receive("an hour later");
    expect((await reading).payload).toEqual(bytes("an hour later"));
  });

  it("without a read there is no deadline", async () => {
    const { conn, driver } = openConn();
    conn.setReadDeadline(inMs(500));
    await pass(10_000);
    expect(driver.calls).toEqual([]);
  });

  it("once reading is handed over, the read deadline closes the connection with 3008", async () => {
    const { conn, driver } = openConn();
    conn.setReadDeadline(inMs(1_000));
    conn.readFrames(receiver);
    await pass(1_000 - 1);
    expect(driver.calls, "before the deadline").toEqual([]);
    await pass(1 + DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 3008 no frame within the read wait", "destroy"]);
    expect(await conn.closed).toMatchObject({ code: 3008, clean: false, error: { code: "IM_ERR_READ_TIMEOUT" } });
  });

  it("fault 2: a write that the system does not take within the write wait closes the connection", async () => {
    const { conn, driver } = openConn({ writeWaitMs: 1_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("stuck"));
    conn.flush();
    await pass(999);
    expect(driver.calls, "before the write wait is over").toEqual([]);
    await pass(1 + DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 3008 write wait is over", "destroy"]);
    expect(await conn.closed).toMatchObject({ code: 3008, error: { code: "IM_ERR_WRITE_TIMEOUT" } });
  });

  it("the write wait counts from each stop of the system, not from the first write", async () => {
    const { conn, driver } = openConn({ writeWaitMs: 1_000 });
    for (let i = 0; i < 5; i++) {
      driver.isBlocked = true;
      conn.writeFrame(OpCode.Binary, bytes("slow"));
      conn.flush();
      await pass(900);
      driver.drain();
    }
    await pass(5_000);
    expect(driver.calls).toEqual([]);
  });

  it("a peer that takes a little at a time is not closed, and one that stops is, a quarter late at most", async () => {
    const { conn, driver } = openConn({ writeWaitMs: 1_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, new Uint8Array(100));
    conn.flush();
    for (let i = 0; i < 20; i++) {
      await pass(700);
      driver.take(1);
    }
    expect(driver.calls).toEqual([]);
    await pass(999);
    expect(driver.calls, "a write wait after it last took something").toEqual([]);
    await pass(1 + 250 + DEADLINE_TICK_MS + TURN_MS);
    expect(driver.calls).toEqual(["close 3008 write wait is over", "destroy"]);
  });

  it("a peer that takes a little at a time does not put off a write deadline", async () => {
    const { conn, driver } = openConn({ writeWaitMs: 1_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, new Uint8Array(100));
    conn.flush();
    conn.setWriteDeadline(inMs(2_000));
    for (let i = 0; i < 5; i++) {
      driver.take(1);
      await pass(500);
    }
    expect(driver.calls[0]).toBe("close 3008 write wait is over");
  });

  it("setWriteWait counts from the next stop", async () => {
    const { conn, driver } = openConn({ writeWaitMs: 60_000 });
    conn.setWriteWait(200);
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("stuck"));
    conn.flush();
    await pass(200 + DEADLINE_TICK_MS);
    expect(driver.calls[0]).toBe("close 3008 write wait is over");
  });

  it("a write deadline counts only while bytes wait", async () => {
    const { conn, driver } = openConn();
    conn.setWriteDeadline(inMs(500));
    await pass(2_000);
    expect(driver.calls).toEqual([]);
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("stuck"));
    conn.flush();
    await pass(DEADLINE_TICK_MS);
    expect(driver.calls[0]).toBe("close 3008 write wait is over");
  });

  it("a write deadline that is set while bytes wait counts, and Infinity takes it away", async () => {
    const { conn, driver } = openConn({ writeWaitMs: 100_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("stuck"));
    conn.flush();
    conn.setWriteDeadline(inMs(500));
    conn.setWriteDeadline(Number.POSITIVE_INFINITY);
    await pass(2_000);
    expect(driver.calls).toEqual([]);
    conn.setWriteDeadline(inMs(500));
    await pass(500 + DEADLINE_TICK_MS);
    expect(driver.calls[0]).toBe("close 3008 write wait is over");
  });

  it("a close that the peer does not answer is cut after the close wait, however long the write wait is", async () => {
    const { conn, driver } = openConn({ closeWaitMs: 1_000, writeWaitMs: 60_000 });
    const closing = conn.close();
    await pass(999);
    expect(driver.calls).toEqual(["close 1000"]);
    await pass(1 + DEADLINE_TICK_MS);
    await closing;
    expect(driver.calls).toEqual(["close 1000", "destroy"]);
  });

  it("while the system does not take what is queued and the Close, the write wait holds; then the close wait", async () => {
    const { conn, driver } = openConn({ closeWaitMs: 1_000, writeWaitMs: 5_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("slow"));
    void conn.close();
    await pass(4_000);
    driver.drain();
    await pass(1_000 - DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 1000"]);
    await pass(2 * DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 1000", "destroy"]);
  });

  it("a close whose bytes are not taken is cut after the write wait", async () => {
    const { conn, driver } = openConn({ closeWaitMs: 1_000, writeWaitMs: 5_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("stuck"));
    void conn.close();
    await pass(4_999);
    expect(driver.calls).toEqual(["close 1000"]);
    await pass(1 + DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 1000", "destroy"]);
  });

  it("setCloseWait counts from the next close", async () => {
    const { conn, driver } = openConn();
    conn.setCloseWait(200);
    void conn.close();
    await pass(200 + DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 1000", "destroy"]);
  });

  it("a peer that broke the protocol has the close wait to take our Close and what is queued before it", async () => {
    const { conn, driver } = openConn({ closeWaitMs: 1_500, writeWaitMs: 60_000 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, bytes("stuck"));
    driver.sink.violation(1002, "nonsense");
    await pass(1_499);
    expect(driver.calls).toEqual(["close 1002 nonsense"]);
    await pass(1 + DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 1002 nonsense", "destroy"]);
  });

  it("a driver that never ends is destroyed once, not again and again", async () => {
    const { conn, driver } = openConn({ closeWaitMs: 500 }, { endsAfterDestroy: "never" });
    void conn.close();
    await pass(60_000);
    expect(driver.calls).toEqual(["close 1000", "destroy"]);
  });

  it("a closed connection has no timer left, and no deadline revives it", async () => {
    const { conn, driver } = openConn();
    conn.setReadDeadline(inMs(5_000));
    conn.readFrames(receiver);
    void conn.close();
    driver.end();
    expect(vi.getTimerCount(), "at the end").toBe(0);
    conn.setReadDeadline(inMs(1_000));
    conn.setWriteDeadline(inMs(1_000));
    expect(vi.getTimerCount(), "after deadlines were set").toBe(0);
    await pass(60_000);
    expect(driver.calls).toEqual(["close 1000"]);
  });

  it.each([Number.NaN, -1, 0])("a write wait of %d is refused by name", async (waitMs) => {
    const { conn } = openConn();
    expect(() => conn.setWriteWait(waitMs)).toThrow(/writeWaitMs/);
  });
});
