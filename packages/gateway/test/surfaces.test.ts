import type { Agent } from "@im/transport-core";
import { commands } from "@im/wire";
import { describe, expect, it } from "vitest";
import type { GatewayHooks, Session } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";

const sessionMembers = [
  ...["account", "device", "channelId", "gatewayId", "app", "zone", "isp", "remoteIp", "tags", "connectId"],
  ...["data", "extensions", "expiresAtMs"],
].sort();
const contextMembers = [
  ...["session", "packet", "command", "sequence", "dest", "body", "signal", "status"],
  ...["respond", "fail", "push"],
].sort();

/** What an object has at run time besides what every object has. */
function membersOf(object: object): string[] {
  const names = new Set<string>();
  for (let level = object; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const key of Reflect.ownKeys(level)) names.add(String(key));
  }
  names.delete("constructor");
  return [...names].sort();
}

/** What users get of a session and of its requests, by where they get it. */
async function givenToTheApplication() {
  const sessions = new Map<string, Session>();
  const contexts = new Map<string, object>();
  const hooks: GatewayHooks = {
    signedIn: (session) => sessions.set("hooks.signedIn", session),
    answered: (session) => sessions.set("hooks.answered", session),
    ended: (session) => sessions.set("hooks.ended", session),
  };
  const sent = ({ meta }: Agent) => sessions.set("agent.meta.session", meta.session as Session);
  const setHandlers = (gateway: Started["gateway"]) => {
    gateway.presence.on("online", (_, session) => sessions.set("presence", session));
    gateway.use((ctx, next) => {
      contexts.set("middleware", ctx);
      return next(ctx);
    });
    gateway.handle(commands.chatUserTalk, (ctx) => {
      contexts.set("handle", ctx);
      throw new Error("for onError");
    });
    gateway.handleRaw("raw", (ctx) => {
      contexts.set("handleRaw", ctx);
      sessions.set("ctx.session", ctx.session);
      ctx.respond();
    });
  };
  const { gateway, tcp, errors } = await startGateway(setHandlers, { hooks }, { hooks: { sent } });
  const peer = await PacketPeer.signIn(tcp, "alice");
  for (const session of gateway.sessions()) sessions.set("gateway.sessions()", session);
  await peer.request({ command: commands.chatUserTalk, dest: "bob" });
  await peer.request({ command: "raw" });
  await gateway.shutdown();
  for (const { context } of errors) sessions.set("onError", context.session!);
  return { gateway, sessions, contexts };
}

describe("at run time an object has the members of its contract and no others:", () => {
  it("a session, which is the same frozen object wherever users get it", async () => {
    const { sessions } = await givenToTheApplication();
    const sources = [
      ...["agent.meta.session", "ctx.session", "gateway.sessions()", "hooks.answered", "hooks.ended"],
      ...["hooks.signedIn", "onError", "presence"],
    ];
    expect([...sessions.keys()].sort()).toEqual(sources);
    const [session, ...others] = new Set(sessions.values());
    expect(others).toEqual([]);
    expect(membersOf(session!)).toEqual(sessionMembers);
    expect(Object.isFrozen(session)).toBe(true);
  });

  it("the context of a request", async () => {
    const { contexts } = await givenToTheApplication();
    expect([...contexts.keys()].sort()).toEqual(["handle", "handleRaw", "middleware"]);
    for (const context of contexts.values()) expect(membersOf(context)).toEqual(contextMembers);
  });

  it("the presence and the sessions of a gateway", async () => {
    const { gateway } = await startGateway();
    expect(membersOf(gateway.presence)).toEqual(["on", "online", "where"]);
    expect(membersOf(gateway.sessions())).toEqual([String(Symbol.iterator), "size"]);
  });
});
