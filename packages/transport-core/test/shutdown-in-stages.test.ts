import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytes, FakeDriver } from "./support/fake-driver.js";
import { TURN_MS, useFakeTime } from "./support/fake-time.js";
import { manualAcceptor, startServer } from "./support/servers.js";
import { codeOf } from "./support/waiting.js";

beforeEach(() => {
  useFakeTime();
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function serverWith(count: number, options = {}) {
  const started = await startServer(options);
  const drivers = Array.from({ length: count }, () => started.listener.connect());
  const closed = () => drivers.filter(({ calls }) => calls.some((call) => call.startsWith("close 1001"))).length;
  return { ...started, drivers, closed };
}

describe("a shutdown of so many connections per second", () => {
  it.each([1, 7, 50, 1_000])("closes %i each second, within ten percent, the oldest first", async (perSecond) => {
    const { server, drivers, closed } = await serverWith(perSecond * 4);
    const report = server.shutdown({ connectionsPerSecond: perSecond });
    for (let second = 1; second <= 3; second++) {
      await pass(1_000);
      const expected = perSecond * second;
      expect(Math.abs(closed() - expected), `closed after ${second} s: ${closed()}`).toBeLessThanOrEqual(
        Math.max(1, expected * 0.1),
      );
    }
    const order = drivers.map(({ calls }) => calls.length > 0);
    expect(order).toEqual([...order].sort().reverse());
    await pass(2_000);
    expect(await report).toEqual({ clean: perSecond * 4, cut: 0 });
  });

  it("accepts no connection from the start, and ends logins at once", async () => {
    const acceptor = manualAcceptor();
    const { server, listener } = await startServer({ acceptor });
    listener.connect();
    acceptor.logins[0]!.resolve("alice");
    await pass(0);
    const stranger = listener.connect();
    void server.shutdown({ connectionsPerSecond: 1 });
    await pass(0);
    expect(listener.accept()).toBeUndefined();
    expect(stranger.calls).toContain("close 1001 the server is shutting down");
  });

  it("leaves those whose turn has not come as they are", async () => {
    const { server, drivers, received } = await serverWith(3);
    void server.shutdown({ connectionsPerSecond: 1 });
    await pass(100);
    drivers[2]!.receive("still here");
    expect(received.at(-1)).toMatch(/still here$/);
    server.broadcast(bytes("news"));
    await vi.advanceTimersToNextTimerAsync();
    await pass(2_500);
    expect(drivers[2]!.sent).toEqual(["news"]);
  });

  it("counts channels that end by themselves, and gives their turn to the next", async () => {
    const { server, drivers, closed } = await serverWith(5);
    const report = server.shutdown({ connectionsPerSecond: 1 });
    await pass(0);
    drivers[1]!.end({ code: 1000, reason: "", clean: true });
    drivers[2]!.end({ code: 1006, reason: "", clean: false });
    await pass(1_100);
    expect(closed()).toBe(2);
    expect(drivers[3]!.calls).toContain("close 1001 the server is shutting down");
    await pass(2_000);
    expect(await report).toEqual({ clean: 4, cut: 1 });
  });

  it("gives the last as much time as the first, and no more", async () => {
    const { server, listener } = await startServer({ writeWaitMs: 1_000 });
    for (let i = 0; i < 3; i++) listener.connect({});
    const done = vi.fn();
    const report = server.shutdown({ connectionsPerSecond: 0.5 });
    void report.then(done);
    await pass(4_500);
    expect(done, "half a second after the last turn").not.toHaveBeenCalled();
    await pass(1_700);
    expect(await report).toEqual({ clean: 0, cut: 3 });
  });

  it("is cut short by the signal", async () => {
    const { server, closed } = await serverWith(100);
    const controller = new AbortController();
    const report = server.shutdown({ connectionsPerSecond: 1, signal: controller.signal });
    await pass(2_500);
    const told = closed();
    controller.abort();
    expect(await report).toEqual({ clean: told, cut: 100 - told });
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([0, -1, Number.NaN, "5"])("of %s is refused, and nothing is shut down", async (connectionsPerSecond) => {
    const { server, listener } = await startServer();
    const given = { connectionsPerSecond: connectionsPerSecond as number };
    expect(await codeOf(server.shutdown(given))).toBe("IM_ERR_INVALID_OPTION");
    expect(listener.accept()).toBeDefined();
  });

  it("with finishLogins that is no boolean is refused, and nothing is shut down", async () => {
    const { server, listener } = await startServer();
    expect(await codeOf(server.shutdown({ finishLogins: 1 as never }))).toBe("IM_ERR_INVALID_OPTION");
    expect(listener.accept()).toBeDefined();
  });
});

describe("a shutdown that lets logins finish", () => {
  const goingAway = "close 1001 the server is shutting down";

  async function withLoginsUnderWay(options = {}) {
    const acceptor = manualAcceptor();
    const started = await startServer({ acceptor, ...options });
    const shaking = started.listener.accept()!;
    const loggingIn = started.listener.connect();
    return { ...started, logins: acceptor.logins, shaking, loggingIn };
  }

  it("accepts no connection, and closes those that finish after the others", async () => {
    const { server, listener, logins, shaking, loggingIn, received } = await withLoginsUnderWay();
    const before = listener.connect();
    logins[1]!.resolve("before");
    await pass(0);
    const report = server.shutdown({ finishLogins: true });
    await pass(0);
    expect(listener.accept()).toBeUndefined();
    expect(before.calls).toContain(goingAway);
    logins[0]!.resolve("alice");
    const late = new FakeDriver({ peerCloses: true });
    shaking.handshake.done(late);
    await pass(0);
    loggingIn.receive("hello");
    expect(received).toEqual(["alice: hello"]);
    expect(shaking.destroyed()).toBe(false);
    expect(loggingIn.calls).not.toContain(goingAway);
    logins[2]!.resolve("bob");
    await pass(TURN_MS);
    for (const driver of [loggingIn, late]) expect(driver.calls).toContain(goingAway);
    expect(await report).toEqual({ clean: 3, cut: 0 });
  });

  it("waits for them no longer than the login wait", async () => {
    const { server, shaking, loggingIn } = await withLoginsUnderWay({ loginWaitMs: 1_000 });
    const report = server.shutdown({ finishLogins: true });
    await pass(1_200);
    expect(shaking.destroyed()).toBe(true);
    shaking.handshake.failed();
    await pass(TURN_MS);
    expect(loggingIn.calls.at(-1)).toMatch(/login wait/);
    expect(await report).toEqual({ clean: 0, cut: 0 });
  });

  it("ends them at the abort of its signal", async () => {
    const { server, shaking, loggingIn } = await withLoginsUnderWay();
    const controller = new AbortController();
    const report = server.shutdown({ finishLogins: true, signal: controller.signal });
    await pass(500);
    controller.abort();
    await pass(TURN_MS);
    expect(shaking.destroyed()).toBe(true);
    expect(loggingIn.calls).toContain("destroy");
    expect(await report).toEqual({ clean: 0, cut: 1 });
  });
});

describe("the report of a shutdown", () => {
  it("does not count connections that had ended before, even if their StateListener is not done", async () => {
    const { server, drivers } = await serverWith(2, { stateListener: { disconnect: () => new Promise(() => {}) } });
    drivers[0]!.end();
    await pass(0);
    const report = server.shutdown();
    await pass(20_000 + TURN_MS);
    expect(await report).toEqual({ clean: 1, cut: 0 });
  });
});
