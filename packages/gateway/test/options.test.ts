import { createTcpServer } from "@im/transport-tcp";
import { commandMap } from "@im/wire/messages";
import { describe, expect, it, vi } from "vitest";
import {
  createGateway,
  GatewayError,
  MemoryIdempotencyStore,
  MemoryPushBus,
  MemorySessionDirectory,
  type SessionEnd,
} from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

const good = () => ({ servers: [createTcpServer()], authenticate: () => undefined });

describe("options", () => {
  it.each([
    ["servers", []],
    ["servers", "tcp"],
    ["authenticate", "yes"],
    ["name", ""],
    ["directory", { enter: () => {} }],
    ["bus", {}],
    ["idempotency", {}],
    ["maxDevicesPerAccount", 0],
    ["handlerTimeoutMs", 0],
    ["maxInFlight", 1.5],
    ["portTimeoutMs", 0],
    ["maxRequestsPerSecond", -1],
    ["onError", 7],
    ["logger", { debug: () => {} }],
  ])("%s of %j is refused by name", (name, value) => {
    const options = { ...good(), [name]: value } as unknown as ReturnType<typeof good>;
    expect(() => createGateway(options)).toThrow(name);
  });

  it.each([
    ["no servers", {}],
    ["a server that is none", { ...good(), servers: [1] }],
    ["no server at its place", { ...good(), servers: [undefined] }],
    ["a wrong wait", { ...good(), portTimeoutMs: -1 }],
    ["null", null],
    ["nothing", undefined],
  ])("that are wrong (%s) throw a GatewayError with a code", (_, options) => {
    const create = () => createGateway(options as unknown as ReturnType<typeof good>);
    expect(create).toThrow(GatewayError);
    expect(create).toThrow(expect.objectContaining({ code: "IM_ERR_INVALID_OPTION" }));
  });

  it("of a memory store throw a GatewayError as well", () => {
    expect(() => new MemoryIdempotencyStore({ maxAnswers: -1 })).toThrow(GatewayError);
  });

  it("that do not exist are refused", () => {
    expect(() => createGateway({ ...good(), handlers: 1 } as ReturnType<typeof good>)).toThrow(
      "there is no option handlers",
    );
  });
});

describe("handle", () => {
  const gateway = () => createGateway({ ...good(), commands: commandMap });

  it("refuses a command twice, one that is not in the map, and those of the gateway itself", () => {
    const set = gateway().handle("chat.talk.ack", (ctx) => ctx.respond());
    expect(() => set.handleRaw("chat.talk.ack", () => {})).toThrow('"chat.talk.ack" is handled already');
    expect(() => set.handle("no.such" as "chat.talk.ack", () => {})).toThrow('the command map has no "no.such"');
    expect(() => set.handle("__proto__" as "chat.talk.ack", () => {})).toThrow("the command map has no");
    expect(() => set.handle("login.signout", () => {})).toThrow("is handled by the gateway itself");
    expect(() => set.handleRaw("login.signin", () => {})).toThrow(GatewayError);
  });
});

describe("hooks", () => {
  it("report sign-ins, refusals, answers, pushes and ends", async () => {
    const reported: unknown[] = [];
    const over = gate();
    const { tcp, gateway } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()), {
      hooks: {
        signedIn: ({ account }) => reported.push(["signedIn", account]),
        refused: (status, { host }) => reported.push(["refused", status, host]),
        answered: ({ account }, command, status, ms) => reported.push(["answered", account, command, status, ms >= 0]),
        pushed: (command, channels) => reported.push(["pushed", command, channels]),
        ended: ({ account }, end: SessionEnd) => {
          reported.push(["ended", account, end]);
          over.open();
        },
      },
    });
    const stranger = await PacketPeer.connect(tcp);
    await stranger.signIn({ token: "refused" });
    const alice = await PacketPeer.signIn(tcp, "alice");
    await alice.request({ command: "a.b" });
    await alice.request({ command: "no.such" });
    await gateway.push("alice", "a.push");
    await alice.close();
    await within(over.opened, "the end");
    expect(reported).toEqual([
      ["refused", 105, "127.0.0.1"],
      ["signedIn", "alice"],
      ["answered", "alice", "a.b", 0, true],
      ["answered", "alice", "no.such", 301, true],
      ["pushed", "a.push", 1],
      ["ended", "alice", "disconnected"],
    ]);
  });

  it("report pushes of another gateway, with the number of channels reached", async () => {
    const shared = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus() };
    const pushed = vi.fn();
    const east = await startGateway(undefined, { ...shared, hooks: { pushed } });
    const west = await startGateway(undefined, shared);
    await PacketPeer.signIn(east.tcp, "alice@phone");
    await PacketPeer.signIn(east.tcp, "alice@laptop");
    await west.gateway.push("alice", "a.push");
    shared.bus.publish(east.gateway.id, { channelIds: ["gone"], packet: new Uint8Array(1) });
    // A kick-out is none.
    await PacketPeer.signIn(west.tcp, "alice@phone");
    expect(pushed.mock.calls).toEqual([
      ["a.push", 2],
      ["", 0],
    ]);
  });

  it("that throw are reported, and have no other effect", async () => {
    const started = await startGateway(undefined, {
      hooks: {
        signedIn: () => {
          throw new Error("a broken hook");
        },
      },
    });
    await PacketPeer.signIn(started.tcp, "alice");
    expect(started.errors).toMatchObject([{ error: new Error("a broken hook"), context: { during: "hook" } }]);
  });
});

it("a logger logs sign-ins, ends and errors; onError receives the errors too", async () => {
  const lines: unknown[] = [];
  const log = (level: string) => (details: object, message: string) => void lines.push({ level, message, ...details });
  const logger = {
    trace: log("trace"),
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    fatal: log("fatal"),
  };
  const started = await startGateway((to) => to.handleRaw("a.b", () => Promise.reject(new Error("broken"))), {
    logger,
  });
  const stranger = await PacketPeer.connect(started.tcp);
  await stranger.signIn({ token: "refused" });
  const alice = await PacketPeer.signIn(started.tcp, "alice");
  await alice.request({ command: "a.b" });
  await alice.request({ command: "login.signout" });
  const { channelId } = alice;
  expect(lines).toMatchObject([
    { level: "debug", message: "sign-in refused", status: 105 },
    { level: "debug", message: "signed in", account: "alice", channelId },
    { level: "error", message: "error during handle", err: new Error("broken"), command: "a.b", account: "alice" },
    { level: "debug", message: "session ended", end: "signed out", channelId },
  ]);
  expect(started.errors).toHaveLength(1);
});
