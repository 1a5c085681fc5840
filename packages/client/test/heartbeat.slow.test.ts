import { createClient } from "@im/client";
import { type Dialer, OpCode } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MuteDriver } from "./support/mute-driver.js";
import { connected, openClient, readText } from "./support/open-for-test.js";
import { openRawServer } from "./support/raw-server.js";
import { watchTimers } from "./support/timers.js";
import { transports } from "./support/transports.js";
import { bytes, codeOf, errorOf, within } from "./support/waiting.js";

/** How late a silent server may be found besides its read wait: a tick of the deadlines, and patience with slow machines. */
const LATE_MS = 100 + 1_500;
const timeoutError = {
  code: "IM_ERR_CLIENT_CLOSED",
  closeInfo: { clean: false, error: { code: "IM_ERR_READ_TIMEOUT" } },
};

afterEach(() => {
  vi.useRealTimers();
});

describe.each(transports)("heartbeat over $name", (transport) => {
  it("pings go out", async () => {
    const server = await openRawServer(transport);
    const client = openClient(transport, { heartbeatMs: 20, readWaitMs: 60_000 });
    await client.connect(server.address);
    await within(server.pings(5), "five pings");
  });

  it("pongs stay inside: what comes after them is read", async () => {
    let pongs = 0;
    const dialer: Dialer = {
      async dialAndHandshake(context) {
        const conn = await transport.dialer().dialAndHandshake(context);
        const readFrames = conn.readFrames.bind(conn);
        conn.readFrames = (receiver) =>
          readFrames({
            frame(opCode, payload) {
              if (opCode === OpCode.Pong) pongs++;
              receiver.frame(opCode, payload);
            },
            end: (info) => receiver.end(info),
          });
        return conn;
      },
    };
    const { client } = await connected(transport, { client: { dialer, heartbeatMs: 20, readWaitMs: 60_000 } });
    const reading = client.read();
    await vi.waitFor(() => expect(pongs).toBeGreaterThanOrEqual(5), 8_000);
    client.send(bytes("alive"));
    expect(new TextDecoder().decode((await within(reading, "the echo")).payload)).toBe("alive");
  });

  it("a server that goes silent is found within the read wait, not before", async () => {
    const server = await openRawServer(transport);
    const client = openClient(transport, { heartbeatMs: 50, readWaitMs: 300 });
    await client.connect(server.address);
    const before = performance.now();
    expect(await within(errorOf(client.read()), "the dead server to be found")).toMatchObject(timeoutError);
    const tookMs = performance.now() - before;
    expect(tookMs).toBeGreaterThanOrEqual(290);
    expect(tookMs).toBeLessThan(300 + LATE_MS);
  });

  it("fault 18: without a heartbeat, too: the read wait is always there", async () => {
    const server = await openRawServer(transport);
    const client = openClient(transport, { heartbeatMs: Number.POSITIVE_INFINITY, readWaitMs: 200 });
    await client.connect(server.address);
    expect(await within(errorOf(client.read()), "the dead server to be found")).toMatchObject(timeoutError);
    expect(server.receivedBytes, "pings, though there is no heartbeat").toBeLessThan(64);
  });

  it("a server whose socket stands still is found, though the system takes our pings", async () => {
    const server = await openRawServer(transport);
    const client = openClient(transport, { heartbeatMs: 50, readWaitMs: 300 });
    await client.connect(server.address);
    (await server.socket).pause();
    expect(await within(errorOf(client.read()), "the dead server to be found")).toMatchObject(timeoutError);
  });

  it("a server that goes while pings are under way is no unhandled error", async () => {
    const server = await openRawServer(transport);
    const client = openClient(transport, { heartbeatMs: 1, readWaitMs: 60_000 });
    await client.connect(server.address);
    await within(server.pings(3), "pings");
    (await server.socket).destroy();
    expect(await within(codeOf(client.read()), "the end of read")).toBe("IM_ERR_CLIENT_CLOSED");
  });
});

describe("heartbeat on a fake clock", () => {
  async function connectedTo(driver: MuteDriver, options = {}) {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    const conn = createConnFactory({})(driver);
    const client = createClient({ ...options, dialer: { dialAndHandshake: async () => conn } });
    await client.connect("x");
    return client;
  }

  it("pings every 55 seconds by default, and finds a silent server after 3 minutes", async () => {
    const driver = new MuteDriver();
    const client = await connectedTo(driver);
    const reading = codeOf(client.read());
    await vi.advanceTimersByTimeAsync(54_999);
    expect(driver.written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(driver.written).toEqual([OpCode.Ping]);
    await vi.advanceTimersByTimeAsync(180_000 - 55_000 - 1);
    expect(driver.written).toEqual([OpCode.Ping, OpCode.Ping, OpCode.Ping]);
    expect(driver.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(101);
    expect(await reading).toBe("IM_ERR_CLIENT_CLOSED");
    expect(driver.calls).toContain("destroy");
  });

  it("pongs alone keep the connection alive much longer than the read wait, and stay inside", async () => {
    const driver = new MuteDriver();
    const client = await connectedTo(driver, { heartbeatMs: 20, readWaitMs: 250 });
    let isRead = false;
    const reading = client.read().then((frame) => {
      isRead = true;
      return frame;
    });
    for (let pings = 1; pings <= 50; pings++) {
      await vi.advanceTimersByTimeAsync(20);
      expect(driver.written).toHaveLength(pings);
      driver.receive(new Uint8Array(0), OpCode.Pong);
    }
    expect([isRead, driver.calls]).toEqual([false, []]);
    driver.receive(bytes("alive"));
    expect(new TextDecoder().decode((await reading).payload)).toBe("alive");
    await client.close();
  });

  it("a silent server is not found earlier while frames come", async () => {
    const driver = new MuteDriver();
    const client = await connectedTo(driver, { heartbeatMs: Number.POSITIVE_INFINITY, readWaitMs: 400 });
    // Twelve frames, each a quarter of the read wait after the last.
    for (let i = 0; i < 12; i++) {
      await vi.advanceTimersByTimeAsync(100);
      driver.receive(bytes(`${i}`));
      expect(await readText(client)).toBe(`${i}`);
    }
    const reading = codeOf(client.read());
    await vi.advanceTimersByTimeAsync(399);
    expect(driver.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(101);
    expect(await reading).toBe("IM_ERR_CLIENT_CLOSED");
  });

  it("fault 18: stops with the connection, whichever side ended it, and leaves no timer", async () => {
    for (const end of [
      (_: MuteDriver, close: () => Promise<void>) => void close(),
      (driver: MuteDriver) => driver.sink.end({ code: 1006, reason: "", clean: false }),
      (driver: MuteDriver) => driver.receive(new Uint8Array(0), OpCode.Close),
    ]) {
      const driver = new MuteDriver();
      const client = await connectedTo(driver, { heartbeatMs: 1_000 });
      await vi.advanceTimersByTimeAsync(2_500);
      expect(driver.written).toEqual([OpCode.Ping, OpCode.Ping]);
      end(driver, () => client.close());
      await vi.advanceTimersByTimeAsync(60_000);
      expect(driver.written).toHaveLength(2);
      expect(vi.getTimerCount(), "timers left").toBe(0);
    }
  });

  it("a connection that cannot ping has none", async () => {
    const driver = new MuteDriver({ canPing: false });
    const client = await connectedTo(driver, { heartbeatMs: 1_000 });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(driver.written).toEqual([]);
    await client.close();
  });

  it("a failed dial starts none", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    const client = createClient({ dialer: { dialAndHandshake: () => Promise.reject(new Error("no")) } });
    expect(await codeOf(client.connect("x"))).toBe("no");
    expect(vi.getTimerCount(), "timers left").toBe(0);
  });

  it("keeps no process alive", async () => {
    const timers = watchTimers();
    const conn = createConnFactory({})(new MuteDriver());
    const client = createClient({ dialer: { dialAndHandshake: async () => conn } });
    await client.connect("x");
    expect(timers()).toBe(0);
    await client.close();
    expect(timers()).toBe(0);
  });
});
