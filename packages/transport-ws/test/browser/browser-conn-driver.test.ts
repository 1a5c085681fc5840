import { type ConnOptions, OpCode } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BrowserConnDriver } from "../../src/browser/browser-conn-driver.js";
import { FakeWebSocket } from "../support/fake-web-socket.js";

const KiB = 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(options: ConnOptions = {}) {
  const webSocket = new FakeWebSocket();
  const conn = createConnFactory(options)(new BrowserConnDriver(webSocket, new URL("ws://example.test/")));
  const write = (byteLength: number) => conn.writeFrame(OpCode.Binary, new Uint8Array(byteLength));
  return { webSocket, conn, write };
}

type Opened = ReturnType<typeof open>;

/** Whether it has settled by now. */
function watched(promise: Promise<unknown>) {
  const seen = { isSettled: false };
  void promise.then(() => {
    seen.isSettled = true;
  });
  return seen;
}

describe("backpressure by bufferedAmount", () => {
  it("a write above the mark says so, and drained() waits until the platform has passed on all", async () => {
    const { webSocket, conn, write } = open({ highWaterMarkBytes: 100 * KiB });
    expect(write(100 * KiB)).toBe(true);
    expect(write(1)).toBe(false);
    const drained = watched(conn.drained());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drained.isSettled).toBe(false);
    webSocket.take();
    await vi.advanceTimersByTimeAsync(250);
    expect(drained.isSettled).toBe(true);
    expect(write(1)).toBe(true);
  });

  it("drained() waits for a mark below what counts as taken, too", async () => {
    const { webSocket, conn, write } = open({ highWaterMarkBytes: 10 });
    expect(write(11)).toBe(false);
    const drained = watched(conn.drained());
    await vi.advanceTimersByTimeAsync(50);
    expect(drained.isSettled).toBe(false);
    webSocket.take();
    await vi.advanceTimersByTimeAsync(250);
    expect(drained.isSettled).toBe(true);
  });

  it("what is written meanwhile is sent as soon as the platform has room", async () => {
    const { webSocket, conn, write } = open();
    write(100 * KiB);
    expect(conn.flush()).toBe(false);
    write(1);
    expect(conn.flush()).toBe(false);
    expect(webSocket.sent).toHaveLength(1);
    webSocket.take();
    await vi.advanceTimersByTimeAsync(250);
    expect(webSocket.sent).toHaveLength(2);
  });

  it.each([
    ["a message that comes", ({ webSocket }: Opened) => webSocket.onmessage?.({ data: new ArrayBuffer(1) })],
    ["the next write", ({ write }: Opened) => write(1)],
    ["the next flush", ({ conn }: Opened) => conn.flush()],
  ])("needs no timer, which hidden pages hold back: %s finds that there is room", async (_, sign) => {
    const opened = open({ highWaterMarkBytes: 100 * KiB });
    const { webSocket, conn, write } = opened;
    write(200 * KiB);
    conn.flush();
    write(1);
    conn.flush();
    const drained = watched(conn.drained());
    webSocket.take();
    expect(webSocket.sent).toHaveLength(1);
    sign(opened);
    expect(webSocket.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(drained.isSettled).toBe(true);
  });

  it("more than may be queued ends the connection", async () => {
    const { webSocket, conn, write } = open({ maxQueuedBytes: 200 * KiB, highWaterMarkBytes: 100 * KiB });
    write(200 * KiB);
    expect(() => write(1)).toThrow(expect.objectContaining({ code: "IM_ERR_QUEUE_FULL" }));
    expect(await conn.closed).toMatchObject({ code: 1008, error: { code: "IM_ERR_QUEUE_FULL" } });
    expect(webSocket.closes.length).toBeGreaterThan(0);
    expect(conn.queuedBytes).toBe(0);
  });
});

describe("the write wait", () => {
  it("ends the connection when the platform gets rid of nothing in time", async () => {
    const { webSocket, conn, write } = open({ writeWaitMs: 5_000 });
    write(100 * KiB);
    conn.flush();
    const closed = watched(conn.closed);
    // However little goes, something does.
    for (let time = 0; time < 3; time++) {
      await vi.advanceTimersByTimeAsync(3_000);
      webSocket.take(1);
    }
    await vi.advanceTimersByTimeAsync(4_900);
    expect(closed.isSettled).toBe(false);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await conn.closed).toMatchObject({ code: 3008, clean: false, error: { code: "IM_ERR_WRITE_TIMEOUT" } });
    expect(webSocket.closes[0]![0]).toBe(3008);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves a connection alone whose bytes go in time", async () => {
    const { webSocket, conn, write } = open({ writeWaitMs: 5_000 });
    const closed = watched(conn.closed);
    for (let time = 0; time < 5; time++) {
      write(100 * KiB);
      conn.flush();
      await vi.advanceTimersByTimeAsync(4_000);
      webSocket.take();
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(closed.isSettled).toBe(false);
  });
});

describe("destroy", () => {
  it("tells the end, but not before it returns", async () => {
    const { webSocket, conn } = open();
    const events: string[] = [];
    conn.readFrames({ frame: () => {}, end: ({ code }) => void events.push(`end ${code}`) });
    conn.destroy();
    events.push("returned");
    expect(webSocket.closes).toHaveLength(1);
    await conn.closed;
    expect(events).toEqual(["returned", "end 1006"]);
  });
});

describe("while reading is paused", () => {
  const message = (byteLength: number) => ({ data: new ArrayBuffer(byteLength) });

  it("what comes is held in order, and told afterwards", () => {
    const { webSocket, conn } = open();
    const lengths: number[] = [];
    conn.readFrames({ frame: (_, { length }) => void lengths.push(length), end: () => {} });
    conn.pauseReading();
    for (const byteLength of [1, 2, 3]) webSocket.onmessage?.(message(byteLength));
    expect(lengths).toEqual([]);
    conn.resumeReading();
    expect(lengths).toEqual([1, 2, 3]);
  });

  it("what was held is given once, before the end, even if the receiver resumes meanwhile", () => {
    const { webSocket, conn } = open();
    const events: (number | string)[] = [];
    const frame = (_: OpCode, { length }: Uint8Array) => {
      events.push(length);
      conn.resumeReading();
    };
    conn.readFrames({ frame, end: () => void events.push("end") });
    conn.pauseReading();
    for (const byteLength of [1, 2, 3]) webSocket.onmessage?.(message(byteLength));
    webSocket.onclose?.({ code: 1000, reason: "", wasClean: true });
    expect(events).toEqual([1, 2, 3, "end"]);
  });

  it("more than 8 MiB close the connection", () => {
    const { webSocket, conn } = open();
    conn.readFrames({ frame: () => {}, end: () => {} });
    conn.pauseReading();
    for (let mebibyte = 0; mebibyte < 8; mebibyte++) webSocket.onmessage?.(message(1024 * KiB));
    expect(webSocket.closes).toEqual([]);
    webSocket.onmessage?.(message(1));
    // A page may not send 1008.
    expect(webSocket.closes).toEqual([[]]);
  });
});
