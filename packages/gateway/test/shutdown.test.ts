import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { Status } from "@im/wire";
import { describe, expect, it } from "vitest";
import { createGateway, MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

describe("the shutdown of a gateway", () => {
  it("closes all channels on all its servers with 1001, and empties the directory", async () => {
    const directory = new MemorySessionDirectory();
    const { gateway, ws, tcp } = await startGateway(undefined, { directory });
    const peers = [await PacketPeer.signIn(ws, "alice"), await PacketPeer.signIn(tcp, "bob")];
    expect(await gateway.shutdown()).toEqual({ clean: 2, cut: 0 });
    for (const peer of peers) expect(await peer.ended).toMatchObject({ code: 1001 });
    expect(directory.find(["alice", "bob"])).toEqual([]);
  });

  it("lets a handler finish, and its answer reach the peer", async () => {
    const { opened: entered, open: enter } = gate();
    const { opened, open } = gate();
    const { gateway, tcp } = await startGateway((to) => {
      to.handleRaw("a.b", async (ctx) => {
        enter();
        await opened;
        ctx.respond();
      });
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    const answer = alice.request({ command: "a.b" });
    await entered;
    const report = gateway.shutdown();
    open();
    expect((await answer).status).toBe(Status.Success);
    expect(await report).toEqual({ clean: 1, cut: 0 });
  });

  it("cuts at the signal, that of a later call too, and aborts handlers", async () => {
    const { opened: aborted, open: abort } = gate<unknown>();
    const { opened: entered, open: enter } = gate();
    const { gateway, tcp } = await startGateway((to) => {
      to.handleRaw("a.b", (ctx) => {
        ctx.signal.addEventListener("abort", () => abort(ctx.signal.reason));
        enter();
        return new Promise(() => {});
      });
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    alice.send({ command: "a.b" });
    await entered;
    const report = gateway.shutdown();
    const again = gateway.shutdown({ signal: AbortSignal.abort() });
    expect(await report).toEqual({ clean: 0, cut: 1 });
    expect(await again).toEqual({ clean: 0, cut: 1 });
    expect(await aborted).toMatchObject({ code: "IM_ERR_SESSION_OVER" });
  });

  it("in stages keeps to a rate over all its servers, while other connections go on", async () => {
    const { gateway, ws, tcp } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()));
    const peers = [];
    for (let count = 0; count < 6; count++) peers.push(await PacketPeer.signIn(count % 2 ? ws : tcp, `user-${count}`));
    const startMs = performance.now();
    const report = gateway.shutdown({ connectionsPerSecond: 20 });
    expect((await peers.at(-1)!.request({ command: "a.b" })).status).toBe(Status.Success);
    expect(await report).toEqual({ clean: 6, cut: 0 });
    // Three on each server, at ten a second.
    expect(performance.now() - startMs).toBeGreaterThan(150);
    for (const peer of peers) expect(await peer.ended).toMatchObject({ code: 1001 });
  });

  it.each([
    { connectionsPerSecond: 0 },
    { connectionsPerSecond: -1 },
    { connectionsPerSecond: Number.NaN },
    { finishLogins: "no" as never },
  ])("with %j is refused, and nothing is shut down", async (options) => {
    const { gateway, tcp } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()));
    await expect(gateway.shutdown(options)).rejects.toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
    const alice = await PacketPeer.signIn(tcp, "alice");
    expect((await alice.request({ command: "a.b" })).status).toBe(Status.Success);
  });

  it("of one that never started has nothing to do", async () => {
    const gateway = createGateway({ servers: [createTcpServer()], authenticate: () => undefined });
    expect(await gateway.shutdown()).toEqual({ clean: 0, cut: 0 });
    await expect(gateway.start()).rejects.toMatchObject({ code: "IM_ERR_GATEWAY_STATE" });
  });

  it("leaves the bus: nothing is pushed to a gateway that has ended", async () => {
    const bus = new MemoryPushBus();
    const { gateway } = await startGateway(undefined, { bus });
    await gateway.shutdown();
    expect(() => bus.publish(gateway.id, { channelIds: [], packet: new Uint8Array() })).toThrow("it has ended");
  });
});

describe("the start of a gateway", () => {
  it("ends when it is shut down meanwhile, at whatever it waits for", async () => {
    for (const turns of [0, 1, 2, 3, 5, 8, 13]) {
      const tcp = createTcpServer({ host: "127.0.0.1" });
      const gateway = createGateway({ servers: [tcp], authenticate: () => undefined });
      const start = gateway.start().catch((error: unknown) => error);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      expect(await within(gateway.shutdown(), "the shutdown")).toEqual({ clean: 0, cut: 0 });
      expect(await within(start, "the start")).toMatchObject({ code: expect.stringMatching(/_STATE$/) });
    }
  });

  it("shuts down what had started when one server cannot", async () => {
    const blocker = createTcpServer({ host: "127.0.0.1", messageListener: { receive: () => {} } });
    await blocker.start();
    const ws = createWsServer({ host: "127.0.0.1" });
    const tcp = createTcpServer({ host: "127.0.0.1", port: blocker.address.port });
    const gateway = createGateway({ servers: [ws, tcp], authenticate: () => undefined });
    await expect(gateway.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN" });
    await expect(PacketPeer.connect(ws.dialUrl)).rejects.toMatchObject({ code: "IM_ERR_CONNECT" });
    await blocker.shutdown();
  });

  it("comes once, and handlers come before", async () => {
    const { gateway } = await startGateway();
    await expect(gateway.start()).rejects.toMatchObject({ code: "IM_ERR_GATEWAY_STATE" });
    expect(() => gateway.handleRaw("a.b", () => {})).toThrow("handleRaw comes too late: the gateway is started");
    expect(() => gateway.use((ctx, next) => next(ctx))).toThrow("use comes too late");
  });
});
