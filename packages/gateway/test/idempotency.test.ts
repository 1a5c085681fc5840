import { commands, createLogicPkt, type LogicPkt, type Meta, MetaType, Status, withMeta } from "@im/wire";
import { Extension, extensionMetaKeys, extensionTag } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { type IdempotencyClaim, MemoryIdempotencyStore } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate } from "./support/within.js";

const idem = extensionTag(Extension.Idempotency);

/** A request of `command` with an idempotency key. */
const keyed = (command: string, key: string | number, dest = "") =>
  withMeta(createLogicPkt({ command, dest }), extensionMetaKeys.idempotencyKey, key);

/** Counts how often it runs, and answers with that. */
function setUpCounter(gateway: Started["gateway"], wait?: Promise<void>) {
  let runs = 0;
  const handler = async (ctx: {
    respond(body: Uint8Array): boolean;
    fail(status: Status, message: string): boolean;
    dest: string;
  }) => {
    runs++;
    await wait;
    if (ctx.dest === "busy" && runs === 1) ctx.fail(Status.SystemException, "try again");
    else if (ctx.dest === "refused") ctx.fail(Status.Unauthorized, `refused for the ${runs}. time`);
    else ctx.respond(Uint8Array.of(runs));
  };
  gateway.handleRaw("count.it", handler).handleRaw("count.other", handler);
}

const signIn = (url: string, token = "alice") => PacketPeer.signIn(url, { token, tags: [idem] });
const answerOf = ({ status, body }: LogicPkt) => ({ status, body: [...body] });

describe("the extension im.ext:idem", () => {
  it("is confirmed to a client that names it in the tags, in a meta of its own", async () => {
    const { tcp } = await startGateway();
    const peer = await PacketPeer.connect(tcp);
    const { meta } = await peer.signIn({ token: "alice", tags: ["beta", "im.ext:unknown", idem] });
    expect(meta).toEqual<Meta[]>([{ key: "im.ext", value: "idem", type: MetaType.String }]);
  });

  it("is not confirmed to other clients: kim's clients see what kim sends", async () => {
    const { tcp } = await startGateway();
    const peer = await PacketPeer.connect(tcp);
    expect((await peer.signIn({ token: "alice", tags: ["beta"] })).meta).toEqual([]);
  });

  it("does nothing before it is confirmed", async () => {
    const { tcp } = await startGateway(setUpCounter);
    const peer = await PacketPeer.signIn(tcp, "alice");
    const first = await peer.request(keyed("count.it", "k"));
    const second = await peer.request(keyed("count.it", "k"));
    expect([...first.body, ...second.body]).toEqual([1, 2]);
  });
});

describe("fault 21: a request that is repeated with its idempotency key", () => {
  it("is answered with the first answer, under its own sequence, and runs once", async () => {
    const { tcp } = await startGateway(setUpCounter);
    const peer = await signIn(tcp);
    const first = await peer.request(keyed("count.it", "k"));
    const second = await peer.request(keyed("count.it", "k"));
    expect(second.sequence).not.toBe(first.sequence);
    expect([...first.body, ...second.body]).toEqual([1, 1]);
  });

  it("runs once over a new connection, and on another device too", async () => {
    const { tcp, ws } = await startGateway(setUpCounter);
    const before = await signIn(tcp);
    before.send(keyed("count.it", "k"));
    await before.logic();
    before.conn.destroy();
    for (const url of [tcp, ws]) {
      const after = await signIn(url, "alice@other");
      expect([...(await after.request(keyed("count.it", "k"))).body]).toEqual([1]);
    }
  });

  it("waits while the first still runs", async () => {
    const { opened, open } = gate();
    const { tcp, ws } = await startGateway((gateway) => setUpCounter(gateway, opened));
    const [phone, laptop] = [await signIn(tcp, "alice@phone"), await signIn(ws, "alice@laptop")];
    const answers = [phone.request(keyed("count.it", "k")), laptop.request(keyed("count.it", "k"))];
    open();
    expect((await Promise.all(answers)).map(answerOf)).toEqual([
      { status: Status.Success, body: [1] },
      { status: Status.Success, body: [1] },
    ]);
  });

  it("is refused again if it was refused, and runs again after an answer to try again", async () => {
    const { tcp } = await startGateway(setUpCounter);
    const peer = await signIn(tcp);
    const statusOf = async (request: LogicPkt) => (await peer.request(request)).status;
    expect(await statusOf(keyed("count.it", "a", "busy"))).toBe(Status.SystemException);
    expect(await statusOf(keyed("count.it", "a", "busy"))).toBe(Status.Success);
    const refused = await peer.request(keyed("count.it", "b", "refused"));
    const again = await peer.request(keyed("count.it", "b", "refused"));
    expect(answerOf(again)).toEqual(answerOf(refused));
  });

  it("runs again if the handler broke or did not answer", async () => {
    let runs = 0;
    const { tcp } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", (ctx) => {
        runs++;
        if (runs === 1) throw new Error("broken");
        if (runs === 2) return;
        ctx.respond(Uint8Array.of(runs));
      });
    });
    const peer = await signIn(tcp);
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await peer.request(keyed("a.b", "k"))).status);
    expect([statuses, runs]).toEqual([[300, 300, 0, 0], 3]);
  });

  it("gets the answer that came after the time of the first was over", async () => {
    const { opened, open } = gate();
    const set = (gateway: Started["gateway"]) => setUpCounter(gateway, opened);
    const { tcp } = await startGateway(set, { handlerTimeoutMs: 30 });
    const peer = await signIn(tcp);
    expect((await peer.request(keyed("count.it", "k"))).status).toBe(Status.SystemException);
    const again = peer.request(keyed("count.it", "k"));
    open();
    expect(answerOf(await again)).toEqual({ status: Status.Success, body: [1] });
  });

  it("passes middleware like the first: an account that is banned meanwhile is refused", async () => {
    let isBanned = false;
    const { tcp } = await startGateway((gateway) => {
      setUpCounter(gateway);
      gateway.use((ctx, next) => (isBanned ? void ctx.fail(Status.Unauthorized, "banned") : next(ctx)));
    });
    const peer = await signIn(tcp);
    expect(answerOf(await peer.request(keyed("count.it", "k")))).toEqual({ status: Status.Success, body: [1] });
    isBanned = true;
    expect((await peer.request(keyed("count.it", "k"))).status).toBe(Status.Unauthorized);
    isBanned = false;
    expect(answerOf(await peer.request(keyed("count.it", "k")))).toEqual({ status: Status.Success, body: [1] });
  });

  it("may be tried twice by middleware, under one claim", async () => {
    let runs = 0;
    const { tcp } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", (ctx) => {
        runs++;
        if (runs === 1) throw new Error("broken for a moment");
        ctx.respond(Uint8Array.of(runs));
      });
      gateway.use((ctx, next) => {
        try {
          return next(ctx);
        } catch {
          return next(ctx);
        }
      });
    });
    const peer = await signIn(tcp);
    expect([...(await peer.request(keyed("a.b", "k"))).body]).toEqual([2]);
    expect([...(await peer.request(keyed("a.b", "k"))).body]).toEqual([2]);
  });

  it("takes no place in the store for a command without a handler", async () => {
    const claimed: string[] = [];
    class Watched extends MemoryIdempotencyStore {
      override claim(key: IdempotencyClaim) {
        claimed.push(key.command);
        return super.claim(key);
      }
    }
    const { tcp } = await startGateway(setUpCounter, { idempotency: new Watched() });
    const peer = await signIn(tcp);
    expect((await peer.request(keyed("no.such", "k"))).status).toBe(Status.NotImplemented);
    await peer.request(keyed("count.it", "k"));
    expect(claimed).toEqual(["count.it"]);
  });

  it("is another request with another key, command or account", async () => {
    const { tcp } = await startGateway(setUpCounter);
    const [alice, bob] = [await signIn(tcp), await signIn(tcp, "bob")];
    const runs = [
      await alice.request(keyed("count.it", "k")),
      await alice.request(keyed("count.it", "K")),
      await alice.request(keyed("count.other", "k")),
      await bob.request(keyed("count.it", "k")),
    ].flatMap(({ body }) => [...body]);
    expect(runs).toEqual([1, 2, 3, 4]);
  });
});

describe("an idempotency key", () => {
  it.each([
    ["that is empty", ""],
    ["of more than 128 units", "x".repeat(129)],
    ["that is a number", 7],
  ])("%s is answered with InvalidPacketBody", async (_, key) => {
    const { tcp } = await startGateway(setUpCounter);
    const peer = await signIn(tcp);
    expect((await peer.request(keyed("count.it", key))).status).toBe(Status.InvalidPacketBody);
    expect((await peer.request({ command: commands.loginSignOut })).status).toBe(Status.Success);
  });
});
