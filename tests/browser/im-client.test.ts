import { setTimeout as sleep } from "node:timers/promises";
import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { expect, it, onTestFinished } from "vitest";
import type { Program } from "./page/im-client-page.js";
import { startGateway } from "./support/gateway.js";
import { connect, reached, states, timesOnline } from "./support/im-client.js";
import { inEachBrowser } from "./support/in-each-browser.js";

declare const program: Program;

const MiB = 1024 * 1024;

inEachBrowser("the client", "im-client-page.ts", ({ name, openPage }) => {
  it("signs in, makes 1,000 requests, and gets pushes, in whose handlers it may make requests", async () => {
    const { gateway, port } = await startGateway();
    const page = await openPage();
    await connect(page, port);
    expect(await page.evaluate(() => program.ask(1_000, 50))).toBe(1_000);
    for (const body of ["one", "two", "three"]) {
      await gateway.push({ account: "alice" }, "chat.user.talk", { messageId: 1n, type: 1, body, sender: "bob" });
    }
    const heard = () => page.evaluate(() => program.pushes);
    await expect.poll(heard, { timeout: 30_000 }).toEqual(["one 1001", "two 1002", "three 1003"]);
    await page.evaluate(() => program.close());
    expect(await states(page)).toEqual(["connecting", "online", "closed"]);
  });

  it("comes back by itself when the server was restarted", async () => {
    const { gateway, port } = await startGateway();
    const page = await openPage();
    await connect(page, port, { reconnect: { baseMs: 50 } });
    await gateway.shutdown();
    await reached(page, "offline");
    await startGateway(port);
    await reached(page, "online");
    expect(await page.evaluate(() => program.ask(10, 1))).toBe(10);
  });

  it("is kicked out by a second sign-in, and stays away", async () => {
    const { port } = await startGateway();
    const [first, second] = [await openPage(), await openPage()];
    await connect(first, port);
    await connect(second, port);
    await reached(first, "closed");
    expect(await first.evaluate(() => program.reason())).toBe("IM_ERR_KICKED_OUT");
    expect(await second.evaluate(() => program.ask(1, 1))).toBe(1);
  });

  it("finds a connection that is dead but looks open", async () => {
    const { port } = await startGateway();
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port } });
    onTestFinished(() => proxy.close());
    const page = await openPage();
    await connect(page, proxy.port, { heartbeatMs: 300, heartbeatTimeoutMs: 300, reconnect: { baseMs: 50 } });
    const beganMs = performance.now();
    const dead = { toServer: { drop: true }, toClient: { drop: true } };
    proxy.setFaults((index) => (index === 0 ? dead : {}));
    await reached(page, "offline");
    expect(performance.now() - beganMs).toBeLessThan(1_500);
    await reached(page, "online");
    expect(await page.evaluate(() => program.firstOffline().code)).toBe("IM_ERR_CONNECTION_DEAD");
  });

  it.each([10, 40])("finds it as well while the page sends something every %i ms", async (everyMs) => {
    const { port } = await startGateway();
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port } });
    onTestFinished(() => proxy.close());
    const page = await openPage();
    await connect(page, proxy.port, { heartbeatMs: 300, heartbeatTimeoutMs: 700, reconnect: { baseMs: 50 } });
    await page.evaluate((ms) => program.chatter(ms), everyMs);
    const dead = { toServer: { drop: true }, toClient: { drop: true } };
    const beganMs = performance.now();
    proxy.setFaults((index) => (index === 0 ? dead : {}));
    await reached(page, "offline");
    expect(performance.now() - beganMs).toBeLessThan(2_500);
    expect(await page.evaluate(() => program.firstOffline().code)).toBe("IM_ERR_CONNECTION_DEAD");
  });

  it("sends more at once than the connection's queue may hold, and all of it is answered", async () => {
    const { port } = await startGateway();
    const page = await openPage();
    await connect(page, port);
    expect(await page.evaluate((characters) => program.flood(48, characters), MiB / 2)).toEqual([]);
    expect(await states(page)).toEqual(["connecting", "online"]);
  });

  it("probes at once when the network comes back: a dead connection is replaced long before its heartbeat", async () => {
    const { port } = await startGateway();
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port } });
    onTestFinished(() => proxy.close());
    const page = await openPage();
    await connect(page, proxy.port);
    const dead = { toServer: { drop: true }, toClient: { drop: true } };
    proxy.setFaults((index) => (index === 0 ? dead : {}));
    await page.blinkNetwork();
    const beganMs = performance.now();
    await reached(page, "offline");
    await reached(page, "online");
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    const offline = await page.evaluate(() => program.firstOffline());
    expect(offline).toMatchObject({ code: "IM_ERR_CONNECTION_DEAD", retryInMs: 0 });
  });

  it("tries at once when the network comes back while it waits", async () => {
    const { gateway, port } = await startGateway();
    const page = await openPage();
    await connect(page, port, { reconnect: { baseMs: 600_000, capMs: 600_000 } });
    await gateway.shutdown();
    await reached(page, "offline");
    await startGateway(port);
    await page.blinkNetwork();
    await reached(page, "online");
  });

  it("keeps a healthy connection through offline events and pages that come and go", async () => {
    const { port } = await startGateway();
    const page = await openPage();
    await connect(page, port, { probeTimeoutMs: 500 });
    await page.blinkNetwork();
    await page.evaluate(() => program.wakeUp());
    expect(await page.evaluate(() => program.ask(100, 10))).toBe(100);
    // Nothing must happen for longer than a probe waits.
    await sleep(1_500);
    expect(await states(page)).toEqual(["connecting", "online"]);
  });

  it("keeps a healthy connection when the page stands still for longer than a heartbeat and its wait", async () => {
    const { port } = await startGateway();
    const page = await openPage();
    await connect(page, port, { heartbeatMs: 500, heartbeatTimeoutMs: 500, probeTimeoutMs: 500 });
    for (let time = 0; time < 2; time++) {
      // What comes meanwhile, and the ticks that are due, line up behind this.
      await page.evaluate(() => program.standStill(3_000));
      expect(await page.evaluate(() => program.ask(100, 10))).toBe(100);
    }
    expect(await states(page)).toEqual(["connecting", "online"]);
  });

  it("returns from each of several cuts", async () => {
    const { port } = await startGateway();
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port } });
    onTestFinished(() => proxy.close());
    const page = await openPage();
    await connect(page, proxy.port, { reconnect: { baseMs: 50, capMs: 100 } });
    for (let cut = 0; cut < 3; cut++) {
      proxy.cutAll();
      await timesOnline(page, cut + 2);
      expect(await page.evaluate(() => program.ask(5, 5))).toBe(5);
    }
  });

  // WebKitGTK does not tell how much waits to be sent; there the heartbeat finds it.
  if (name === "WebKitGTK") return;

  it("gives up a connection that takes no more bytes, after the write wait", async () => {
    const { port } = await startGateway();
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port } });
    onTestFinished(() => proxy.close());
    const page = await openPage();
    const dialer = { writeWaitMs: 1_000 };
    await connect(page, proxy.port, { reconnect: { baseMs: 50 }, maxInFlight: 1_000 }, dialer);
    // What comes stays under way, so soon nothing more is read: the system's buffers, of up to 36 MiB, fill up, then the page's.
    proxy.setFaults((index) => (index === 0 ? { toServer: { latencyMs: 3_600_000 } } : {}));
    const codes = await page.evaluate((characters) => program.flood(160, characters), MiB / 2);
    // Those that were sent, and those that waited for room.
    expect(codes.sort()).toEqual(["IM_ERR_OFFLINE", "IM_ERR_UNANSWERED"]);
    const offline = await page.evaluate(() => program.firstOffline());
    expect(offline).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", cause: "IM_ERR_WRITE_TIMEOUT" });
    await reached(page, "online");
    expect(await page.evaluate(() => program.ask(1, 1))).toBe(1);
  });
});
