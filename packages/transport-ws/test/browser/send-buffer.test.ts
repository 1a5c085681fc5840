import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SendBuffer } from "../../src/browser/send-buffer.js";
import { FakeWebSocket } from "../support/fake-web-socket.js";

const KiB = 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const webSocket = new FakeWebSocket();
  const drained = vi.fn();
  const buffer = new SendBuffer(webSocket, drained);
  const add = (byteLength: number) => buffer.add(new Uint8Array(byteLength), byteLength);
  return { webSocket, drained, buffer, add };
}

describe("what is added", () => {
  it("waits for the flush, then goes to the platform in order; both count as queued", () => {
    const { webSocket, buffer } = open();
    const frames = [Uint8Array.of(1), "text", Uint8Array.of(2, 3)] as const;
    for (const frame of frames) buffer.add(frame, frame.length);
    expect([webSocket.sent, buffer.queuedBytes]).toEqual([[], 7]);
    buffer.flush();
    expect([webSocket.sent, buffer.queuedBytes]).toEqual([frames, 7]);
    webSocket.take(5);
    expect(buffer.queuedBytes).toBe(2);
  });
});

describe("a flush counts as taken", () => {
  it("if the platform keeps nothing", () => {
    const { webSocket, buffer, add } = open();
    vi.spyOn(webSocket, "send").mockImplementation(() => {});
    add(1_000 * KiB);
    expect(buffer.flush()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [64 * KiB, true],
    [64 * KiB + 1, false],
  ])("of %i bytes that the platform keeps: %s", (byteLength, isTaken) => {
    const { buffer, add } = open();
    add(byteLength);
    expect(buffer.flush()).toBe(isTaken);
  });

  it("as long as the platform has been busy for no more than 100 ms", async () => {
    const { webSocket, buffer, add } = open();
    add(1);
    expect(buffer.flush()).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(buffer.flush()).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(buffer.flush()).toBe(false);
    webSocket.take();
    add(1);
    expect(buffer.flush()).toBe(true);
  });
});

describe("the news that all has been passed on", () => {
  it("comes once, within 250 ms, and not while a byte is left", async () => {
    const { webSocket, drained, buffer, add } = open();
    add(1_000 * KiB);
    buffer.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    webSocket.take(1_000 * KiB - 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drained).not.toHaveBeenCalled();
    webSocket.take();
    await vi.advanceTimersByTimeAsync(250);
    expect(drained).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("comes soon if it goes fast", async () => {
    const { webSocket, drained, buffer, add } = open();
    add(100 * KiB);
    buffer.flush();
    webSocket.take();
    await vi.advanceTimersByTimeAsync(4);
    expect(drained).toHaveBeenCalledTimes(1);
  });

  it("comes again after the next flush", async () => {
    const { webSocket, drained, buffer, add } = open();
    for (let time = 1; time <= 2; time++) {
      add(100 * KiB);
      buffer.flush();
      webSocket.take();
      await vi.advanceTimersByTimeAsync(4);
      expect(drained).toHaveBeenCalledTimes(time);
    }
  });
});

describe("while timers do not run, as in a hidden page, the news comes", () => {
  it("with a sign of life, once", () => {
    const { webSocket, drained, buffer, add } = open();
    add(1_000 * KiB);
    buffer.flush();
    buffer.look();
    webSocket.take();
    expect(drained).not.toHaveBeenCalled();
    buffer.look();
    buffer.look();
    expect(drained).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("with the next frame, before it is added", () => {
    const { webSocket, drained, buffer, add } = open();
    add(1_000 * KiB);
    buffer.flush();
    webSocket.take();
    drained.mockImplementation(() => void expect(buffer.queuedBytes).toBe(0));
    add(1);
    expect(drained).toHaveBeenCalledTimes(1);
    expect(buffer.queuedBytes).toBe(1);
  });
});

describe("after the end", () => {
  it("nothing is looked at, and nothing is queued, whatever the platform says", async () => {
    const { webSocket, drained, buffer, add } = open();
    add(100 * KiB);
    buffer.flush();
    buffer.stop();
    expect(buffer.queuedBytes).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    webSocket.take();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drained).not.toHaveBeenCalled();
  });
});
