import { type Conn, TransportError } from "@im/transport-core";
import { type DialOutcome, dialWithin } from "@im/transport-core/authoring";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openConn } from "./support/conns.js";
import { TURN_MS, useFakeTime } from "./support/fake-time.js";
import { codeOf } from "./support/waiting.js";

afterEach(() => {
  vi.useRealTimers();
});

function dial({ timeoutMs = 1_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  let outcome!: DialOutcome;
  const giveUp = vi.fn();
  const attempts = vi.fn((given: DialOutcome) => {
    outcome = given;
    return giveUp;
  });
  const dialed = dialWithin({ id: "", name: "", address: "there:1", timeoutMs, signal }, attempts);
  dialed.catch(() => {});
  return { dialed, giveUp, attempts, outcome: () => outcome };
}
const conn: Conn = openConn().conn;

describe("one attempt to connect", () => {
  it("gives the Conn that was opened, and leaves no timer and no listener", async () => {
    useFakeTime();
    const controller = new AbortController();
    const { dialed, giveUp, outcome } = dial({ signal: controller.signal });
    outcome().opened(conn);
    expect(await dialed).toBe(conn);
    expect(vi.getTimerCount()).toBe(0);
    controller.abort();
    expect(giveUp).not.toHaveBeenCalled();
  });

  it("rejects with what it failed with", async () => {
    const { dialed, outcome } = dial();
    outcome().failed(new TransportError("IM_ERR_CONNECT", "refused"));
    expect(await codeOf(dialed)).toBe("IM_ERR_CONNECT");
  });

  it("is given up when its time is over", async () => {
    useFakeTime();
    const { dialed, giveUp } = dial({ timeoutMs: 1_000 });
    vi.advanceTimersByTime(999);
    expect(giveUp).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1 + TURN_MS);
    expect(giveUp).toHaveBeenCalledOnce();
    expect(await codeOf(dialed)).toBe("IM_ERR_DIAL_TIMEOUT");
    await expect(dialed).rejects.toThrow(/there:1 within 1000 ms/);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])("a time of %d ms is not over at once", async (timeoutMs) => {
    useFakeTime();
    const { dialed, giveUp, outcome } = dial({ timeoutMs });
    vi.advanceTimersByTime(3_600_000);
    expect(giveUp).not.toHaveBeenCalled();
    outcome().opened(conn);
    expect(await dialed).toBe(conn);
  });

  it("is given up when the signal aborts, with its reason", async () => {
    const controller = new AbortController();
    const { dialed, giveUp } = dial({ signal: controller.signal });
    controller.abort(new Error("never mind"));
    expect(giveUp).toHaveBeenCalledOnce();
    expect(await codeOf(dialed)).toBe("Error: never mind");
  });

  it("does not begin with a signal that is aborted already, or a time that is none", async () => {
    const aborted = dial({ signal: AbortSignal.abort(new Error("before")) });
    expect(await codeOf(aborted.dialed)).toBe("Error: before");
    const timeless = dial({ timeoutMs: Number.NaN });
    expect(await codeOf(timeless.dialed)).toBe("IM_ERR_INVALID_OPTION");
    expect([aborted.attempts.mock.calls.length, timeless.attempts.mock.calls.length]).toEqual([0, 0]);
  });

  it("only the first outcome counts", async () => {
    const { dialed, outcome } = dial();
    outcome().opened(conn);
    outcome().failed(new TransportError("IM_ERR_CONNECT", "too late"));
    expect(await dialed).toBe(conn);
  });

  it("rejects with what the attempt throws", async () => {
    const attempt = () => {
      throw new TransportError("IM_ERR_INVALID_ADDRESS", "no");
    };
    const dialed = dialWithin({ id: "", name: "", address: "x", timeoutMs: 1_000 }, attempt);
    expect(await codeOf(dialed)).toBe("IM_ERR_INVALID_ADDRESS");
  });
});
