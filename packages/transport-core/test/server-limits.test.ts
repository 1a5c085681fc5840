import type { Address, ErrorContext, ServerOptions } from "@im/transport-core";
import type { Handshake, Refusal } from "@im/transport-core/authoring";
import { describe, expect, it, vi } from "vitest";
import { FakeDriver } from "./support/fake-driver.js";
import { useFakeTime } from "./support/fake-time.js";
import { firstFrameIsId, makeServer, manualAcceptor, soon, startServer } from "./support/servers.js";
import { codeOf, endOfTurn } from "./support/waiting.js";

const from = (host: string): Address => ({ host, port: 1 });

describe("a server that is full", () => {
  it("refuses the next connection with 1013 and why, and takes one when a place is free", async () => {
    const { server, listener } = await startServer({ maxConnections: 2 });
    const first = listener.connect({});
    listener.connect({});
    const refusals: Refusal[] = [];
    const destroy = vi.fn();
    const next = () => listener.sink.accepted({ destroy, refuse: (refusal) => void refusals.push(refusal) });
    expect(next()).toBeUndefined();
    const reason = "the server takes no more connections: max-connections";
    expect(refusals).toEqual([{ why: "max-connections", closeCode: 1013, reason }]);
    expect(destroy, "a socket that was told").not.toHaveBeenCalled();
    first.end();
    await endOfTurn();
    expect(next()).toBeDefined();
    await server.shutdown({ signal: AbortSignal.abort() });
  });

  it("destroys a connection to which no Close can be sent", async () => {
    const { listener } = await startServer({ maxConnections: 1 });
    listener.connect();
    const destroy = vi.fn();
    expect(listener.sink.accepted({ destroy })).toBeUndefined();
    expect(destroy).toHaveBeenCalledOnce();
  });

  it("counts each address for itself", async () => {
    const { listener } = await startServer({ maxConnectionsPerAddress: 1 });
    listener.connect({}, from("192.0.2.1"));
    expect(listener.accept(from("::ffff:192.0.2.1"))).toBeUndefined();
    expect(listener.accept(from("192.0.2.2"))).toBeDefined();
    expect([listener.accept(), listener.accept()], "those without an address").not.toContain(undefined);
  });

  it("counts a connection for the address that it was accepted from, whatever its socket says later", async () => {
    const { listener } = await startServer({ maxConnectionsPerAddress: 1 });
    for (let i = 0; i < 3; i++) {
      const driver = listener.connect({}, from("192.0.2.1"));
      expect(driver.remoteAddress.host).not.toBe("192.0.2.1");
      expect(listener.accept(from("192.0.2.1"))).toBeUndefined();
      driver.end();
      await endOfTurn();
    }
    listener.connect({}).end();
    await endOfTurn();
    expect(listener.accept(from("127.0.0.2"))).toBeDefined();
    expect(listener.accept(from("127.0.0.2"))).toBeUndefined();
  });

  it.each(["127.0.0.1", "::1", "10.1.2.3", "::ffff:172.31.0.1", "192.168.0.1", "fd00::1"])(
    "advises once to trust a proxy when the private address %s is full",
    async (host) => {
      const reported: unknown[] = [];
      const onError = (error: unknown, { during }: ErrorContext) => reported.push(during, (error as Error).message);
      const { listener } = await startServer({ maxConnectionsPerAddress: 1, onError });
      listener.connect({}, from(host));
      listener.accept(from(host));
      listener.accept(from(host));
      expect(reported).toEqual(["listen", expect.stringMatching(`^${host} .* trustedProxies`)]);
    },
  );

  it.each(["192.0.2.1", "172.32.0.1", "11.0.0.1", "2001:db8::1", "fe80::1"])(
    "advises nothing when the address %s is full, which clients may have",
    async (host) => {
      const { listener, errors } = await startServer({ maxConnectionsPerAddress: 1 });
      listener.connect({}, from(host));
      listener.accept(from(host));
      expect(errors).toEqual([]);
    },
  );

  it("takes no more than so many per second", async () => {
    const { listener } = await startServer({ maxAcceptsPerSecond: 3 });
    const taken = Array.from({ length: 10 }, () => listener.accept()).filter(Boolean);
    expect(taken.length).toBe(3);
  });
});

describe("a connection of a trusted proxy", () => {
  async function behindProxy(options: ServerOptions = {}) {
    const calls: unknown[] = [];
    const { listener } = await startServer({
      maxConnectionsPerAddress: 1,
      ...options,
      hooks: {
        accepted: ({ host }) => calls.push(["accepted", host]),
        opened: () => calls.push(["opened"]),
        refused: (why, { host }) => calls.push([why, host]),
      },
    });
    const accept = () => listener.sink.accepted({ remoteAddress: from("10.0.0.1"), isProxy: true, destroy: () => {} })!;
    return { calls, accept };
  }

  it("counts for the address of its client, which the hooks get, once that is known", async () => {
    const { calls, accept } = await behindProxy();
    const handshakes = [accept(), accept(), accept()];
    expect(calls).toEqual([]);
    expect(handshakes[0]!.identify(from("192.0.2.1"))).toBeUndefined();
    expect(handshakes[1]!.identify(from("192.0.2.2"))).toBeUndefined();
    expect(handshakes[2]!.identify(from("192.0.2.1"))).toMatchObject({ why: "max-connections-per-address" });
    handshakes[0]!.done(new FakeDriver());
    expect(calls).toEqual([
      ["accepted", "192.0.2.1"],
      ["accepted", "192.0.2.2"],
      ["max-connections-per-address", "192.0.2.1"],
      ["opened"],
    ]);
  });

  it("whose client has a private address that is full gives the advice on proxies too", async () => {
    const reported: string[] = [];
    const { accept } = await behindProxy({ onError: (error) => reported.push((error as Error).message) });
    for (let i = 0; i < 3; i++) accept().identify(from("10.0.0.2"));
    expect(reported).toEqual([expect.stringMatching("^10.0.0.2 .* trustedProxies")]);
  });

  it.each<[string, (handshake: Handshake) => void]>([
    ["fails", (handshake) => handshake.failed()],
    ["is refused", (handshake) => void handshake.identify(from("192.0.2.9"))],
    ["fails when it is identified", (handshake) => [handshake.identify(from("192.0.2.1")), handshake.failed()]],
  ])("gives its place back when it %s", async (_, end) => {
    const { accept } = await behindProxy({ maxConnections: 2 });
    const taken = accept();
    taken.identify(from("192.0.2.9"));
    for (let i = 0; i < 3; i++) end(accept());
    expect(accept()).toBeDefined();
    expect(accept()).toBeUndefined();
  });

  it("that fails before its client is known is reported under the address of the proxy", async () => {
    const { calls, accept } = await behindProxy();
    accept().failed("proxy-header");
    expect(calls).toEqual([
      ["accepted", "10.0.0.1"],
      ["proxy-header", "10.0.0.1"],
    ]);
  });
});

describe("a place is free again", () => {
  it("when a handshake fails", async () => {
    const { listener } = await startServer({ maxConnections: 1 });
    listener.accept()!.handshake.failed();
    expect(listener.accept()).toBeDefined();
  });

  it("when a login is refused, once its socket is closed", async () => {
    const { listener } = await startServer({
      maxConnections: 1,
      acceptor: { accept: () => Promise.reject(new Error("no")) },
    });
    const driver = listener.connect({});
    await endOfTurn();
    expect(listener.accept(), "while the refused one closes").toBeUndefined();
    driver.end();
    await endOfTurn();
    expect(listener.accept()).toBeDefined();
  });

  it("when an id is taken already", async () => {
    const { listener } = await startServer({ maxConnections: 2, acceptor: firstFrameIsId });
    for (const driver of [listener.connect(), listener.connect()]) {
      driver.receive("alice");
      await endOfTurn();
    }
    expect(listener.accept()).toBeDefined();
  });

  it("when a channel ends, even if its StateListener never settles", async () => {
    const { listener } = await startServer({
      maxConnections: 1,
      stateListener: { disconnect: () => new Promise(() => {}) },
    });
    listener.connect({}).end();
    await endOfTurn();
    expect(listener.accept()).toBeDefined();
  });
});

describe("a connection that was refused", () => {
  it("has the close wait to close as well, however long the write wait is", async () => {
    useFakeTime();
    const acceptor = manualAcceptor();
    const { listener } = await startServer({ acceptor, loginWaitMs: 1_000, writeWaitMs: 10_000, closeWaitMs: 500 });
    const driver = listener.connect({});
    await vi.advanceTimersByTimeAsync(1_100);
    expect(driver.calls).toEqual(["close 1008 login took longer than the login wait"]);
    await vi.advanceTimersByTimeAsync(650);
    expect(driver.calls).toContain("destroy");
    vi.useRealTimers();
  });
});

describe("ending one channel by its id", () => {
  it("sends what is queued, then Close with code and reason, and waits for the end", async () => {
    const { server, listener, left } = await startServer({ acceptor: firstFrameIsId });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    server.push("alice", new TextEncoder().encode("you are out"));
    await soon(server.closeChannel("alice", 4001, "logged in elsewhere"), "the end");
    expect(driver.sent).toEqual(["you are out"]);
    expect(driver.calls).toEqual(["close 4001 logged in elsewhere"]);
    await endOfTurn();
    expect(left).toMatchObject([{ id: "alice", info: { code: 4001, clean: true } }]);
  });

  it("rejects for an id that is not connected, and for a code that may not be sent; the channel lives", async () => {
    const { server, listener } = await startServer({ acceptor: firstFrameIsId });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    expect(await codeOf(server.closeChannel("bob"))).toBe("IM_ERR_UNKNOWN_CHANNEL");
    expect(await codeOf(server.closeChannel("alice", 1006))).toBe("IM_ERR_INVALID_FRAME");
    expect(driver.calls).toEqual([]);
  });
});

describe("limits that are none", () => {
  it.each([
    ["maxConnections", 0],
    ["maxConnections", 1.5],
    ["maxConnectionsPerAddress", -1],
    ["maxAcceptsPerSecond", Number.NaN],
    ["overflowPolicy", "drop"],
    ["maxUnansweredPings", 0],
  ])("%s: %s is refused by name", (name, value) => {
    expect(() => makeServer({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  it.each(["maxConnections", "maxConnectionsPerAddress", "maxAcceptsPerSecond"])("%s may be Infinity", (name) => {
    expect(() => makeServer({ [name]: Number.POSITIVE_INFINITY })).not.toThrow();
  });
});
