import { type Agent, HashChannelMap } from "@im/transport-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { bytes, FakeDriver } from "./support/fake-driver.js";
import { TURN_MS, useFakeTime } from "./support/fake-time.js";
import { makeServer, manualAcceptor, soon, startServer } from "./support/servers.js";
import { codeOf, deferred, endOfTurn } from "./support/waiting.js";

const goingAway = "close 1001 the server is shutting down";

afterEach(() => {
  vi.useRealTimers();
});
const fakeTime = () => useFakeTime();
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("shutdown", () => {
  it("fault 3: stops accepting, sends what is queued, tells the peers, and resolves when all are closed", async () => {
    const channelMap = new HashChannelMap();
    const { server, listener, left } = await startServer({ channelMap });
    const drivers = [listener.connect(), listener.connect({})];
    server.broadcast(bytes("last words"));
    const done = vi.fn();
    const report = server.shutdown();
    void report.then(done);
    await endOfTurn();
    expect(listener.calls).toEqual(["listen", "close"]);
    expect(listener.accept(), "a connection that comes now").toBeUndefined();
    for (const driver of drivers) {
      expect(driver.sent).toEqual(["last words"]);
      expect(driver.calls).toContain(goingAway);
    }
    expect(done, "before the second peer has closed").not.toHaveBeenCalled();
    drivers[1]!.end({ code: 1006, reason: "", clean: true });
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 2, cut: 0 });
    await endOfTurn();
    expect(left.length, "disconnects").toBe(2);
    expect(channelMap.all()).toEqual([]);
  });

  it("waits for the listening socket, too", async () => {
    const { server, listener } = await startServer();
    const closing = deferred();
    listener.closing = closing.promise;
    const done = vi.fn();
    const report = server.shutdown().then(done);
    await endOfTurn();
    expect(done).not.toHaveBeenCalled();
    closing.resolve();
    await soon(report, "the end of the shutdown");
  });

  it("a listening socket that fails to close is reported, and stops nothing", async () => {
    const { server, listener, errors } = await startServer();
    const driver = listener.connect({});
    listener.closing = Promise.reject(new Error("cannot close"));
    const report = server.shutdown();
    await endOfTurn();
    driver.end({ code: 1001, reason: "", clean: true });
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(errors).toEqual([{ code: "Error: cannot close", during: "listen" }]);
  });

  it("lets each listener finish with what has arrived, and takes nothing more", async () => {
    const busy = deferred();
    const received: string[] = [];
    const { server, listener } = await startServer({
      messageListener: {
        async receive(agent, payload) {
          await busy.promise;
          received.push(String(payload.length));
          agent.push(bytes("answered"));
        },
      },
    });
    const driver = listener.connect();
    driver.receive("1");
    driver.receive("22");
    const report = server.shutdown();
    await endOfTurn();
    expect(driver.calls).toEqual(["pause"]);
    busy.resolve();
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(received).toEqual(["1", "2"]);
    expect(driver.sent).toEqual(["answered", "answered"]);
  });

  it("is joined by later calls", async () => {
    const { server, listener } = await startServer();
    listener.connect();
    const [first, second] = await soon(Promise.all([server.shutdown(), server.shutdown()]), "both");
    expect(first).toBe(second);
    expect(await server.shutdown()).toBe(first);
    await server[Symbol.asyncDispose]();
    expect(listener.calls).toEqual(["listen", "close"]);
  });

  it("without connections is quick", async () => {
    const { server } = await startServer();
    expect(await soon(server.shutdown(), "the shutdown")).toEqual({ clean: 0, cut: 0 });
  });

  it("leaves no timer", async () => {
    fakeTime();
    const { server, listener } = await startServer();
    listener.connect();
    await server.shutdown();
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what does not finish", () => {
  it("is cut after twice the write wait, and counted", async () => {
    fakeTime();
    const { server, listener } = await startServer({ writeWaitMs: 1_000, messageListener: { receive: never } });
    const stuck = listener.connect({});
    stuck.receive("keeps the listener for ever");
    const fine = listener.connect();
    const done = vi.fn();
    const report = server.shutdown();
    void report.then(done);
    await pass(1_999);
    expect(done).not.toHaveBeenCalled();
    await pass(1 + TURN_MS);
    expect(await report).toEqual({ clean: 1, cut: 1 });
    expect(stuck.calls).toContain("destroy");
    expect(fine.calls).not.toContain("destroy");
  });

  it("does not keep the shutdown beyond its signal, whatever never ends", async () => {
    const { server, listener } = await startServer();
    const endless = listener.connect({ endsAfterDestroy: "never" });
    listener.closing = new Promise(() => {});
    const report = server.shutdown({ signal: AbortSignal.abort() });
    expect(await soon(report, "the end of shutdown")).toEqual({ clean: 0, cut: 1 });
    expect(endless.calls).toContain("destroy");
  });

  it("is cut when the signal aborts", async () => {
    const { server, listener } = await startServer();
    const silent = listener.connect({});
    const controller = new AbortController();
    const report = server.shutdown({ signal: controller.signal });
    await endOfTurn();
    expect(silent.calls).toEqual(["pause", goingAway, "resume"]);
    controller.abort();
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 0, cut: 1 });
    expect(silent.calls).toContain("destroy");
  });

  it("is cut at once with a signal that is aborted already", async () => {
    const { server, listener } = await startServer();
    listener.connect({});
    const report = await soon(server.shutdown({ signal: AbortSignal.abort() }), "the end of the shutdown");
    expect(report).toEqual({ clean: 0, cut: 1 });
  });
});

describe("shutdown in each state", () => {
  it("before start has nothing to do, and start is refused afterwards", async () => {
    const { server, listener } = makeServer();
    expect(await soon(server.shutdown(), "the shutdown")).toEqual({ clean: 0, cut: 0 });
    expect(await codeOf(server.start())).toBe("IM_ERR_SERVER_STATE");
    expect(listener.calls).toEqual([]);
  });

  it("after a failed start has nothing to do", async () => {
    const { server, listener } = makeServer();
    listener.listening = Promise.reject(new Error("EADDRINUSE"));
    await codeOf(server.start());
    expect(await soon(server.shutdown(), "the shutdown")).toEqual({ clean: 0, cut: 0 });
    expect(listener.calls).toEqual(["listen"]);
  });

  it("fault 3: while it starts, closes what then listens; start rejects", async () => {
    const { server, listener } = makeServer();
    const listening = deferred();
    listener.listening = listening.promise;
    const starting = codeOf(server.start());
    const early = listener.connect();
    const report = server.shutdown();
    expect(listener.accept(), "a connection that comes now").toBeUndefined();
    await endOfTurn();
    expect(listener.calls, "nothing listens yet").toEqual(["listen"]);
    listening.resolve();
    expect(await soon(starting, "the end of start")).toBe("IM_ERR_SERVER_STATE");
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(listener.calls).toEqual(["listen", "close"]);
    expect(early.calls).toContain(goingAway);
    expect(await codeOf(server.start())).toBe("IM_ERR_SERVER_STATE");
  });

  it("while a start fails, both end, and it stays shut down", async () => {
    const { server, listener } = makeServer();
    const listening = deferred();
    listener.listening = listening.promise;
    const starting = codeOf(server.start());
    const report = server.shutdown();
    listening.reject(new Error("EADDRINUSE"));
    expect(await soon(starting, "the end of start")).toBe("IM_ERR_LISTEN");
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 0, cut: 0 });
    expect(await codeOf(server.start())).toBe("IM_ERR_SERVER_STATE");
    expect(listener.calls).toEqual(["listen"]);
  });

  it("during a handshake destroys the socket; one that is ready after all is destroyed, too", async () => {
    const { server, listener, received } = await startServer();
    const pending = listener.accept()!;
    await soon(server.shutdown(), "the shutdown");
    expect(pending.destroyed()).toBe(true);
    const driver = new FakeDriver();
    pending.handshake.done(driver);
    driver.receive("let me in");
    expect(driver.calls).toEqual(["destroy"]);
    expect(received).toEqual([]);
  });

  it("during a login closes with 1001, aborts the signal, and waits for the end", async () => {
    const acceptor = manualAcceptor();
    const { server, listener, left } = await startServer({ acceptor });
    const driver = listener.connect({});
    const report = server.shutdown();
    await endOfTurn();
    expect(driver.calls).toEqual([goingAway]);
    expect(acceptor.signals[0]!.aborted).toBe(true);
    driver.end({ code: 1001, reason: "", clean: true });
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(left).toEqual([]);
  });

  it("in the very moment in which a login succeeds, closes with 1001 as well", async () => {
    const acceptor = manualAcceptor();
    for (let ticks = 0; ticks < 8; ticks++) {
      const { server, listener } = await startServer({ acceptor });
      const driver = listener.connect();
      acceptor.logins.at(-1)!.resolve(`user ${ticks}`);
      for (let i = 0; i < ticks; i++) await null;
      expect(await soon(server.shutdown(), `the shutdown ${ticks} microtasks later`)).toEqual({ clean: 1, cut: 0 });
      expect(driver.calls).toContain(goingAway);
    }
  });

  it("while a refused pending closes, waits for it", async () => {
    const { server, listener } = await startServer({
      acceptor: {
        accept: () => {
          throw new Error("no");
        },
      },
    });
    const driver = listener.connect({});
    await endOfTurn();
    const done = vi.fn();
    const report = server.shutdown();
    void report.then(done);
    await endOfTurn();
    expect(done).not.toHaveBeenCalled();
    driver.end({ code: 1008, reason: "", clean: true });
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
  });

  it("while a connection closes that the ChannelMap refused, waits for it", async () => {
    const channelMap = new HashChannelMap();
    channelMap.add = () => false;
    const { server, listener } = await startServer({ channelMap });
    const driver = listener.connect({});
    const done = vi.fn();
    const report = server.shutdown();
    void report.then(done);
    await endOfTurn();
    expect(done).not.toHaveBeenCalled();
    driver.end({ code: 1008, reason: "", clean: true });
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
  });

  it("while a channel closes already, joins", async () => {
    const receive = ({ id }: Agent) => server.closeChannel(id, 4000, "enough");
    const { server, listener } = await startServer({ messageListener: { receive } });
    const driver = listener.connect({});
    driver.receive("x");
    const report = server.shutdown();
    await endOfTurn();
    driver.end({ code: 4000, reason: "", clean: true });
    expect(await soon(report, "the end of the shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(driver.calls.filter((call) => call.startsWith("close"))).toEqual(["close 4000 enough"]);
  });
});

function never(): Promise<void> {
  return new Promise(() => {});
}
