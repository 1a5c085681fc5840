import { commands, Status } from "@im/wire";
import { type commandMap, encodeBody, MessageReqSchema } from "@im/wire/messages";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryPushBus, MemorySessionDirectory, type Middleware, type PushBus } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate } from "./support/within.js";

/** Unhandled rejections: in a service each would end the process. */
let unhandled: unknown[] = [];
const onRejection = (error: unknown) => void unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  process.on("unhandledRejection", onRejection);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", onRejection);
  expect(unhandled).toEqual([]);
});

const codeOf = (error: unknown) => (error as { code?: string }).code;
const reportsOf = ({ errors }: Started) =>
  errors.map(({ error, context }) => [codeOf(error) ?? String(error), context.during]);
const away = () => Promise.reject(new Error("away"));
const hang = () => new Promise<never>(() => {});
const busWith = (publish: PushBus["publish"]): PushBus => {
  const bus = new MemoryPushBus();
  return { subscribe: bus.subscribe.bind(bus), publish, broadcast: bus.broadcast.bind(bus) };
};
/** A session of bob's at a gateway that is on no bus. */
const elsewhere = { channelId: "c", gatewayId: "another" };

describe("a push that is not awaited", () => {
  it("throws synchronously what cannot be encoded: the request is answered, and onError is called", async () => {
    const started = await startGateway((gateway) => {
      gateway.handle(commands.chatUserTalk, (ctx) => {
        void ctx.push(ctx.dest, commands.chatUserTalk, { type: 1, body: ctx.body.body.slice(0, 10) });
        ctx.respond({ messageId: 1n });
      });
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    const talk = (body: string) => ({
      command: commands.chatUserTalk,
      dest: "bob",
      body: encodeBody(MessageReqSchema, { type: 1, body }),
    });
    expect((await alice.request(talk("123456789\u{1f600}"))).status).toBe(Status.SystemException);
    expect(reportsOf(started)).toEqual([["IM_ERR_BODY_INVALID", "handle"]]);
    expect((await alice.request(talk("hello"))).status).toBe(Status.Success);
  });

  const memory = () => new MemorySessionDirectory();
  it.each([
    ["the directory rejects", { directory: directoryWith(memory(), { find: away }) }, "Error: away", "directory"],
    ["the directory hangs", { directory: directoryWith(memory(), { find: hang }) }, "IM_ERR_PORT_TIMEOUT", "directory"],
    ["the bus rejects", { bus: busWith(away) }, "Error: away", "bus"],
    ["the bus hangs", { bus: busWith(hang) }, "IM_ERR_PORT_TIMEOUT", "bus"],
  ])("reports to its caller and to onError that %s, and never rejects", async (_, ports, code, during) => {
    const started = await startGateway(undefined, { ...ports, portTimeoutMs: 50 });
    const report = await started.gateway.push([elsewhere, "bob"], "a.b");
    const failed = during === "bus" ? { channelId: "c" } : { account: "bob" };
    const errors = report.failed.filter((one) => Object.entries(failed).every(([key, is]) => one[key as never] === is));
    expect(errors.map(({ error }) => codeOf(error) ?? String(error))).toEqual([code]);
    expect(report.offline).toEqual(during === "bus" ? ["bob"] : []);
    expect(reportsOf(started)).toEqual([[code, during]]);
  });

  it("to a gateway that has ended fails in its report alone", async () => {
    const started = await startGateway();
    const { failed } = await started.gateway.push(elsewhere, "a.b");
    expect(failed).toMatchObject([{ channelId: "c", error: { code: "IM_ERR_UNKNOWN_GATEWAY" } }]);
    expect(reportsOf(started)).toEqual([]);
  });
});

describe("middleware that does not wait for the handler", () => {
  const forgetful: Record<string, Middleware<typeof commandMap, undefined>> = {
    "that forgets to return": (ctx, next) => void next(ctx),
    "that is async and forgets to await": async (ctx, next) => void next(ctx),
  };
  it.each(Object.entries(forgetful))("%s: the handler's answer counts, and the next request waits", async (_, use) => {
    const { opened, open } = gate();
    const order: string[] = [];
    const started = await startGateway((gateway) => {
      gateway.use(use);
      gateway.handleRaw("a.slow", async (ctx) => {
        order.push("slow begins");
        await opened;
        order.push("slow ends");
        ctx.respond();
      });
      gateway.handleRaw("a.fast", (ctx) => {
        order.push("fast");
        ctx.respond();
      });
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    alice.send({ command: "a.slow" });
    alice.send({ command: "a.fast" });
    open();
    expect(await alice.logic()).toMatchObject({ command: "a.slow", status: Status.Success });
    expect(await alice.logic()).toMatchObject({ command: "a.fast", status: Status.Success });
    expect(order).toEqual(["slow begins", "slow ends", "fast"]);
    expect(started.errors).toEqual([]);
  });

  it.each(Object.entries(forgetful))("%s: a rejection of the handler is answered and reported", async (_, use) => {
    const started = await startGateway((gateway) => {
      gateway.use(use);
      gateway.handleRaw("a.b", away);
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    expect((await alice.request({ command: "a.b" })).status).toBe(Status.SystemException);
    expect(reportsOf(started)).toEqual([["Error: away", "handle"]]);
  });
});

describe("a handler's result of any shape", () => {
  const thenable = (then: (resolve: () => void, reject: (error: unknown) => void) => void) => ({ then }) as never;
  const unreadable = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    get then(): never {
      throw new Error("away");
    },
  };
  it.each([
    ["a thenable that settles at once", thenable((resolve) => resolve()), []],
    ["a thenable that settles twice", thenable((resolve) => [resolve(), resolve()]), []],
    ["a thenable that rejects at once", thenable((_, reject) => reject(new Error("away"))), ["Error: away"]],
    [
      "a thenable that throws",
      thenable(() => {
        throw new Error("away");
      }),
      ["Error: away"],
    ],
    ["something whose `then` cannot be read", unreadable as never, ["Error: away"]],
  ])("such as %s is settled once, and the session goes on", async (_, result, errors) => {
    const started = await startGateway((gateway) => {
      gateway.handleRaw("a.odd", (ctx) => {
        ctx.respond();
        return result;
      });
      gateway.handleRaw("a.b", (ctx) => ctx.respond());
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    for (let round = 0; round < 3; round++) {
      expect((await alice.request({ command: "a.odd" })).status).toBe(Status.Success);
      expect((await alice.request({ command: "a.b" })).status).toBe(Status.Success);
    }
    expect(reportsOf(started).map(([error]) => error)).toEqual([...errors, ...errors, ...errors]);
  });
});
