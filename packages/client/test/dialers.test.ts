import { type ClientOptions, createClient } from "@im/client";
import type { Conn, Dialer, DialerContext } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MuteDriver } from "./support/mute-driver.js";
import { codeOf, deferred, within } from "./support/waiting.js";

const createConn = createConnFactory({});

/** A connection without a peer, and whether it was closed. */
function openConn() {
  const driver = new MuteDriver();
  return { conn: createConn(driver), driver };
}

function clientWith(dialAndHandshake: (context: DialerContext) => Promise<Conn>, options: ClientOptions = {}) {
  return createClient({ ...options, dialer: { dialAndHandshake } });
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a dialer that misbehaves", () => {
  it("and throws synchronously: connect rejects with it, and the client is usable", async () => {
    const client = clientWith(() => {
      throw new Error("not even a promise");
    });
    expect(await codeOf(client.connect("x"))).toBe("not even a promise");
    const { conn } = openConn();
    client.setDialer({ dialAndHandshake: async () => conn });
    await within(client.connect("x"), "the second connect");
    await client.close();
  });

  it("and hangs, ignoring its signal: connect ends with the dial timeout", async () => {
    const client = clientWith(() => deferred<Conn>().promise, { dialTimeoutMs: 50 });
    expect(await within(codeOf(client.connect("there")), "the dial timeout")).toBe("IM_ERR_DIAL_TIMEOUT");
    expect(await within(codeOf(client.connect("there")), "the dial timeout, again")).toBe("IM_ERR_DIAL_TIMEOUT");
  });

  it("and gives a Conn after it was given up: that one is closed", async () => {
    const dial = deferred<Conn>();
    const client = clientWith(() => dial.promise, { dialTimeoutMs: 30 });
    expect(await codeOf(client.connect("there"))).toBe("IM_ERR_DIAL_TIMEOUT");
    const { conn, driver } = openConn();
    dial.resolve(conn);
    await within(conn.closed, "the end of what came too late");
    expect(driver.calls).toEqual(["destroy"]);
    expect(await codeOf(client.read())).toBe("IM_ERR_NOT_CONNECTED");
  });

  it("and rejects after it was given up: that is no unhandled rejection", async () => {
    const dial = deferred<Conn>();
    const client = clientWith(() => dial.promise, { dialTimeoutMs: 30 });
    await codeOf(client.connect("there"));
    dial.reject(new Error("too late"));
    await new Promise(setImmediate);
  });

  it("and leaves a read behind: the connection ends, with the reason", async () => {
    const { conn, driver } = openConn();
    conn.readFrame().catch(() => {});
    const client = clientWith(async () => conn);
    await codeOf(client.connect("x"));
    expect(await within(codeOf(client.read()), "the end of read")).toMatch(/^IM_ERR_/);
    await within(conn.closed, "the end of the connection");
    expect(driver.calls).toContain("destroy");
    client.setDialer({ dialAndHandshake: async () => openConn().conn });
    await within(client.connect("x"), "the next connect");
    await client.close();
  });

  it("and gives a connection that is closed already: read rejects with how it ended", async () => {
    const { conn } = openConn();
    conn.destroy();
    await conn.closed;
    const client = clientWith(async () => conn);
    await client.connect("x");
    expect(await within(codeOf(client.read()), "the end of read")).toBe("IM_ERR_CLIENT_CLOSED");
  });
});

describe("waits beyond what a timer can do", () => {
  it.each([Number.POSITIVE_INFINITY, 2 ** 40])("a dial timeout of %d ms is not over at once", async (dialTimeoutMs) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const dial = deferred<Conn>();
    const client = clientWith(() => dial.promise, { dialTimeoutMs });
    const connecting = client.connect("there");
    await vi.advanceTimersByTimeAsync(3_600_000);
    dial.resolve(openConn().conn);
    await connecting;
    await client.close();
  });

  it("a heartbeat of 35 years does not ping every millisecond", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { conn, driver } = openConn();
    const client = clientWith(async () => conn, { heartbeatMs: 2 ** 40, readWaitMs: Number.POSITIVE_INFINITY });
    await client.connect("there");
    await vi.advanceTimersByTimeAsync(60_000);
    await new Promise(setImmediate);
    expect(driver.written).toEqual([]);
    await client.close();
  });
});

describe("close while the dialer is at work", () => {
  /** Lets the dial succeed that many microtasks before close is called. */
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("%d microtasks after it succeeded: nothing stays open", async (ticks) => {
    const { conn, driver } = openConn();
    const dial = deferred<Conn>();
    const client = clientWith(() => dial.promise);
    const connecting = codeOf(client.connect("x"));
    dial.resolve(conn);
    for (let i = 0; i < ticks; i++) await null;
    await within(client.close(), "the end of close");
    await within(conn.closed, "the end of the connection");
    expect(driver.calls.length, "closed or destroyed").toBeGreaterThan(0);
    expect(["IM_ERR_CLIENT_CLOSED", "nothing was thrown"]).toContain(await connecting);
    expect(await codeOf(() => client.send(new Uint8Array(1)))).toMatch(/IM_ERR_(CLIENT_CLOSED|NOT_CONNECTED)/);
  });

  it.each([1, 2, 5])("connect may follow close at once, though %d frames wait for a reader", async (frames) => {
    const first = openConn();
    const conns = [first.conn, openConn().conn];
    const client = clientWith(async () => conns.shift()!, { maxInboxMessages: 1 });
    await client.connect("x");
    for (let i = 0; i < frames; i++) first.driver.receive(Uint8Array.of(i));
    await client.close();
    await within(client.connect("x"), "the next connect");
    await client.close();
  });

  it("ends connect with IM_ERR_CLIENT_CLOSED, and connect may follow at once", async () => {
    const dialers: Dialer["dialAndHandshake"][] = [() => deferred<Conn>().promise, async () => openConn().conn];
    const client = clientWith((context) => dialers.shift()!(context));
    const connecting = codeOf(client.connect("x"));
    await client.close();
    await within(client.connect("x"), "the next connect");
    expect(await connecting).toBe("IM_ERR_CLIENT_CLOSED");
    await client.close();
  });
});
