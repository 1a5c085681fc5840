import { expect, it, vi } from "vitest";
import { MemoryPushBus, MemorySessionDirectory, type PushGap } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

/** Longer than a busy machine may stand still. */
const LEASE_MS = 2_000;

it("when the bus may have lost messages, all sessions have a gap in their pushes, as long as the bus says", async () => {
  const memory = new MemoryPushBus();
  let missed: (lastMs: number) => void = () => {};
  const bus = {
    subscribe: (gatewayId: string, ...[receive, given]: Parameters<typeof subscribe>) => {
      missed = given;
      return memory.subscribe(gatewayId, receive);
    },
    publish: memory.publish.bind(memory),
    broadcast: memory.broadcast.bind(memory),
  };
  function subscribe(_receive: Parameters<MemoryPushBus["subscribe"]>[1], _missed: typeof missed) {}
  const { gateway, ws, tcp } = await startGateway(undefined, { bus, directory: new MemorySessionDirectory() });
  const gaps: PushGap[] = [];
  gateway.onPushGap((gap) => gaps.push(gap));
  missed(1_000);
  expect(gaps).toEqual([]);
  const peers = [await PacketPeer.signIn(ws, "alice"), await PacketPeer.signIn(tcp, "bob")];
  missed(1_000);
  expect(gaps).toHaveLength(1);
  expect(gaps[0]!.sessions.map(({ channelId }) => channelId)).toEqual(peers.map(({ channelId }) => channelId));
  expect(gaps[0]!.lastMs).toBeGreaterThanOrEqual(1_000);
  expect(gaps[0]!.lastMs).toBeLessThan(2_000);
});

it("when the gateway had no lease, all its sessions have a gap in their pushes, since others did not find them", async () => {
  const directory = new MemorySessionDirectory();
  const { gateway, ws } = await startGateway(undefined, {
    directory: directoryWith(directory, {}),
    leaseMs: LEASE_MS,
  });
  const alice = await PacketPeer.signIn(ws, "alice");
  const gaps: PushGap[] = [];
  gateway.onPushGap((gap) => gaps.push(gap));
  directory.retire(gateway.id);
  await vi.waitFor(() => expect(gaps).toHaveLength(1), 8_000);
  expect(gaps[0]!.sessions.map(({ channelId }) => channelId)).toEqual([alice.channelId]);
});

it("a push has the dest that it is given, and no other", async () => {
  const { gateway, ws } = await startGateway();
  const alice = await PacketPeer.signIn(ws, "alice");
  await gateway.push("alice", "a.b", new Uint8Array(0), { dest: "group-1" });
  await gateway.push("alice", "a.b");
  expect([await alice.logic(), await alice.logic()].map(({ dest }) => dest)).toEqual(["group-1", ""]);
});

it("a push of a request has the dest that it is given, else that of the request, and the sequence of the request", async () => {
  const { ws } = await startGateway((to) =>
    to.handleRaw("a.b", async (ctx) => {
      await ctx.push("alice", "a.c", ctx.body, { dest: "group-1" });
      await ctx.push("alice", "a.c", ctx.body);
      ctx.respond();
    }),
  );
  const alice = await PacketPeer.signIn(ws, "alice");
  const { sequence } = alice.send({ command: "a.b", dest: "bob" });
  const pushed = [await alice.logic(), await alice.logic()];
  expect(pushed.map((push) => [push.dest, push.sequence])).toEqual([
    ["group-1", sequence],
    ["bob", sequence],
  ]);
});
