import { commands, createLogicPkt, type LogicPkt, Status, withMeta } from "@im/wire";
import { Extension, extensionMetaKeys, extensionTag } from "@im/wire/codec";
import { describe, expect, it, vi } from "vitest";
import {
  GatewayCloseCode,
  type IdempotencyClaim,
  type IdempotencyStore,
  MemoryIdempotencyStore,
  MemoryPushBus,
  MemorySessionDirectory,
  type PushBus,
} from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

const hang = () => new Promise<never>(() => {});
const away = () => Promise.reject(new Error("away"));
const codesOf = ({ errors }: Started) =>
  errors.map(({ error }) => (error as { code?: string }).code ?? (error as Error).message);

describe("a displaced session whose kick-out was lost", () => {
  const bus = new MemoryPushBus();
  const busWith = (publish: PushBus["publish"]): PushBus => ({
    subscribe: (id, receive) => bus.subscribe(id, receive),
    publish,
    broadcast: (id, broadcast) => bus.broadcast(id, broadcast),
  });
  it.each([
    ["the bus hangs", busWith(hang), ["IM_ERR_PORT_TIMEOUT"]],
    ["the bus rejects", busWith(away), ["away"]],
    ["the bus loses it", busWith(() => {}), []],
  ])("is kicked out with the next renewal, though %s", async (_, lame, errors) => {
    const ports = { directory: new MemorySessionDirectory(), leaseMs: 300, portTimeoutMs: 50 };
    const here = await startGateway(undefined, { ...ports, bus });
    const there = await startGateway(undefined, { ...ports, bus: lame });
    const [bob, older] = [await PacketPeer.signIn(here.tcp, "bob"), await PacketPeer.signIn(here.ws, "alice")];
    const newer = await PacketPeer.signIn(there.tcp, "alice");
    expect(await older.logic()).toMatchObject({ command: commands.loginSignIn, channelId: older.channelId });
    expect(await older.ended).toMatchObject({ code: GatewayCloseCode.KickedOut });
    expect(await here.gateway.presence.where("alice")).toMatchObject([{ channelId: newer.channelId }]);
    expect((await bob.request({ command: "no.such" })).status).toBe(Status.NotImplemented);
    await vi.waitFor(() => expect(codesOf(there)).toEqual(errors), 8_000);
  });

  it("is put back when its place is free again", async () => {
    const memory = new MemorySessionDirectory();
    let isReached = false;
    const directory = directoryWith(memory, {
      restore: (sessions, options) => (isReached ? memory.restore(sessions, options) : (away() as never)),
    });
    const here = await startGateway(undefined, { directory, leaseMs: 900, bus });
    const there = await startGateway(undefined, { directory: memory, leaseMs: 900, bus: busWith(() => {}) });
    const older = await PacketPeer.signIn(here.ws, "alice");
    const newer = await PacketPeer.signIn(there.tcp, "alice");
    await newer.request({ command: commands.loginSignOut });
    isReached = true;
    const own = [{ channelId: older.channelId }];
    await vi.waitFor(async () => expect(await here.gateway.presence.where("alice")).toMatchObject(own), 8_000);
    expect((await older.request({ command: "no.such" })).status).toBe(Status.NotImplemented);
  });
});

describe("presence", () => {
  const events = ({ gateway }: Started) => {
    const said: string[] = [];
    const offline = gate();
    gateway.presence.on("online", () => said.push("online"));
    gateway.presence.on("offline", () => {
      said.push("offline");
      offline.open();
    });
    return { said, isOffline: () => within(offline.opened, "offline") };
  };

  it("says offline though the directory's answer to the end of a session was lost", async () => {
    const memory = new MemorySessionDirectory();
    let losses = 1;
    const leave: typeof memory.leave = (session) => {
      const left = memory.leave(session);
      return losses-- > 0 ? (hang() as never) : left;
    };
    const directory = directoryWith(memory, { leave });
    const started = await startGateway(undefined, { directory, leaseMs: 300, portTimeoutMs: 50 });
    const { said, isOffline } = events(started);
    await (await PacketPeer.signIn(started.tcp, "alice")).close();
    await isOffline();
    expect(said).toEqual(["online", "offline"]);
  });

  it("ends on online when the account comes while an older session is still leaving", async () => {
    const memory = new MemorySessionDirectory();
    const leaving = gate();
    const left = gate();
    const directory = directoryWith(memory, {
      leave: async (session) => {
        const outcome = memory.leave(session);
        left.open();
        await leaving.opened;
        return outcome;
      },
    });
    const started = await startGateway(undefined, { directory });
    const { said } = events(started);
    await (await PacketPeer.signIn(started.tcp, "alice")).close();
    await within(left.opened, "the end of the first");
    await PacketPeer.signIn(started.tcp, "alice");
    leaving.open();
    const bob = await PacketPeer.signIn(started.tcp, "bob");
    await bob.request({ command: commands.loginSignOut });
    expect(said.slice(0, 3)).toEqual(["online", "online", "online"]);
    expect(said.slice(3)).toEqual(["offline"]);
  });

  it("does not wait for a directory that hangs", async () => {
    const directory = directoryWith(new MemorySessionDirectory(), { find: hang });
    const { gateway } = await startGateway(undefined, { directory, portTimeoutMs: 50 });
    await expect(gateway.presence.where("alice")).rejects.toMatchObject({ code: "IM_ERR_PORT_TIMEOUT" });
    await expect(gateway.presence.online(["alice"])).rejects.toMatchObject({ code: "IM_ERR_PORT_TIMEOUT" });
  });
});

describe("an idempotency store", () => {
  const withStore = (calls: Partial<IdempotencyStore>, options = {}) => {
    const memory = new MemoryIdempotencyStore();
    const idempotency: IdempotencyStore = {
      claim: (claim) => memory.claim(claim),
      record: (claim, answer) => memory.record(claim, answer),
      release: (claim) => memory.release(claim),
      ...calls,
    };
    let runs = 0;
    const set = (gateway: Started["gateway"]) => {
      gateway.handleRaw("pay", (ctx) => ctx.respond(Uint8Array.of(++runs)));
      gateway.handleRaw("break", () => {
        if (++runs === 1) throw new Error("broken");
      });
    };
    return { memory, idempotency, start: () => startGateway(set, { idempotency, ...options }) };
  };
  const signIn = ({ tcp }: Started) =>
    PacketPeer.signIn(tcp, { token: "alice", tags: [extensionTag(Extension.Idempotency)] });
  const answerOf = ({ status, body }: LogicPkt) => ({ status, body: [...body] });
  const keyed = (command: string) => withMeta(createLogicPkt({ command }), extensionMetaKeys.idempotencyKey, "k");

  it.each([
    ["rejects", away, "away"],
    ["hangs", hang, "IM_ERR_PORT_TIMEOUT"],
    [
      "throws",
      () => {
        throw new Error("away");
      },
      "away",
    ],
  ])("whose record %s once is called again, and the repetition gets the first answer", async (_, fails, code) => {
    let failures = 1;
    const store = withStore(
      { record: (claim, answer) => (failures-- > 0 ? fails() : store.memory.record(claim, answer)) },
      {
        portTimeoutMs: 50,
      },
    );
    const started = await store.start();
    const alice = await signIn(started);
    expect([...(await alice.request(keyed("pay"))).body]).toEqual([1]);
    expect([...(await alice.request(keyed("pay"))).body]).toEqual([1]);
    expect(codesOf(started)).toEqual([code]);
  });

  it("whose release fails once is called again, and the repetition runs", async () => {
    let failures = 1;
    const store = withStore({ release: (claim) => (failures-- > 0 ? away() : store.memory.release(claim)) });
    const started = await store.start();
    const alice = await signIn(started);
    expect((await alice.request(keyed("break"))).status).toBe(Status.SystemException);
    expect((await alice.request(keyed("break"))).status).toBe(Status.SystemException);
    expect(codesOf(started).filter((code) => code === "IM_ERR_NO_ANSWER")).toHaveLength(1);
  });

  it("whose claim hangs fails the request after portTimeoutMs, and the session goes on", async () => {
    let hangs = 1;
    const store = withStore(
      { claim: (claim) => (hangs-- > 0 ? hang() : store.memory.claim(claim)) },
      { portTimeoutMs: 50 },
    );
    const started = await store.start();
    const alice = await signIn(started);
    expect((await alice.request(keyed("pay"))).status).toBe(Status.SystemException);
    expect((await alice.request(keyed("pay"))).status).toBe(Status.Success);
    expect(codesOf(started)).toEqual(["IM_ERR_PORT_TIMEOUT"]);
  });

  it.each([
    ["rejects", away],
    [
      "throws",
      () => {
        throw new Error("away");
      },
    ],
    ["hangs", hang],
  ])("whose claim takes the key and then %s is asked to release it, so the repetition runs", async (_, fails) => {
    let failures = 1;
    const store = withStore(
      {
        claim: (claim) => {
          const given = store.memory.claim(claim);
          return failures-- > 0 ? fails() : given;
        },
      },
      { portTimeoutMs: 50 },
    );
    const started = await store.start();
    const alice = await signIn(started);
    expect((await alice.request(keyed("pay"))).status).toBe(Status.SystemException);
    expect(answerOf(await alice.request(keyed("pay")))).toEqual({ status: Status.Success, body: [1] });
    expect(started.errors).toHaveLength(1);
  });

  it("whose record fails for as long as a claim lives is given up, which is reported", async () => {
    const store = withStore({ record: away }, { handlerTimeoutMs: 50, portTimeoutMs: 50 });
    const started = await store.start();
    const alice = await signIn(started);
    expect((await alice.request(keyed("pay"))).status).toBe(Status.Success);
    await vi.waitFor(() => expect(codesOf(started)).toEqual(["away", "IM_ERR_GATEWAY_STATE"]), 8_000);
    expect(started.errors[1]).toMatchObject({
      error: { message: "idempotency.record is given up", cause: new Error("away") },
      context: { during: "handle", command: "pay" },
    });
  });

  it("records the answer of a handler that took longer than its claim lives, and onError is called", async () => {
    const claims: IdempotencyClaim[] = [];
    const { opened, open } = gate();
    const memory = new MemoryIdempotencyStore();
    const claim = (one: IdempotencyClaim) => {
      claims.push(one);
      return memory.claim(one);
    };
    const idempotency = { claim, record: memory.record.bind(memory), release: memory.release.bind(memory) };
    const set = (gateway: Started["gateway"]) =>
      gateway.handleRaw("pay", async (ctx) => {
        await opened;
        ctx.respond(Uint8Array.of(7));
      });
    const started = await startGateway(set, { idempotency, handlerTimeoutMs: 40, portTimeoutMs: 30 });
    const alice = await signIn(started);
    const startMs = performance.now();
    expect((await alice.request(keyed("pay"))).status).toBe(Status.SystemException);
    expect(claims).toMatchObject([{ lifetimeMs: 3 * 40 + 30 }]);
    await vi.waitFor(() => expect(performance.now() - startMs).toBeGreaterThan(160), 8_000);
    open();
    await vi.waitFor(() => expect(codesOf(started)).toEqual(["IM_ERR_HANDLER_TIMEOUT", "IM_ERR_CLAIM_EXPIRED"]), 8_000);
    expect(answerOf(await alice.request(keyed("pay")))).toEqual({ status: Status.Success, body: [7] });
  });

  it("that holds a claim of a gateway that died frees it when its lifetime is over", async () => {
    const store = withStore({}, { handlerTimeoutMs: 5_000 });
    const started = await store.start();
    const alice = await signIn(started);
    store.memory.claim({ account: "alice", command: "pay", key: "k", claimId: "of the dead", lifetimeMs: 200 });
    expect([...(await alice.request(keyed("pay"))).body]).toEqual([1]);
    expect(started.errors).toEqual([]);
  });
});
