import { inspect } from "node:util";
import { type Agent, type Channel, type Conn, createChannel, HashChannelMap } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { bytes, FakeDriver } from "./support/fake-driver.js";
import { startServer } from "./support/servers.js";
import { deferred, endOfTurn } from "./support/waiting.js";

const agentMembers = ["id", "meta", "remoteAddress", "push", "drained"];
const connMembers = [
  ...["localAddress", "remoteAddress", "subprotocol", "canPing", "queuedBytes", "closed"],
  ...["readFrame", "readFrames", "pauseReading", "resumeReading", "writeFrame", "flush", "drained"],
  ...["setReadDeadline", "setWriteDeadline", "setWriteWait", "setCloseWait", "close", "destroy"],
  String(Symbol.asyncDispose),
];
const channelMembers = [...new Set([...connMembers, ...agentMembers, "readLoop", "setReadWait"])];

/** What an object has at run time besides what every object has. */
function membersOf(object: object): string[] {
  const names = new Set<string>();
  for (let level = object; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const key of Reflect.ownKeys(level)) names.add(String(key));
  }
  names.delete("constructor");
  return [...names].sort();
}

async function givenToTheApplication() {
  const received = deferred<Agent>();
  const accepted = deferred<{ conn: Conn; options: object }>();
  const channelMap = new HashChannelMap();
  const { listener } = await startServer({
    maxConnections: 1,
    channelMap,
    acceptor: {
      accept(conn, options) {
        accepted.resolve({ conn, options });
        return "alice";
      },
    },
    messageListener: { receive: (agent) => received.resolve(agent) },
  });
  const driver = listener.connect();
  await endOfTurn();
  driver.receive("hello");
  const [login, agent] = [await accepted.promise, await received.promise];
  return { ...login, agent, channel: channelMap.get("alice") as Channel, driver };
}

describe("at run time an object has the members of its contract and no others:", () => {
  it("the Conn that an Acceptor gets", async () => {
    const { conn } = await givenToTheApplication();
    expect(membersOf(conn)).toEqual(connMembers.sort());
  });

  it("what an Acceptor gets beside it: the time and the signal of its login, and the handshake before it", async () => {
    const { options } = await givenToTheApplication();
    expect(membersOf(options)).toEqual(["handshake", "signal", "timeoutMs"]);
  });

  it("the Conn that a dialer makes", () => {
    const conn = createConnFactory({})(new FakeDriver());
    expect(membersOf(conn)).toEqual(connMembers.sort());
  });

  it("the Agent that a listener gets, which cannot close the connection", async () => {
    const { agent } = await givenToTheApplication();
    expect(membersOf(agent)).toEqual(agentMembers.sort());
  });

  it("the Channel in a ChannelMap", async () => {
    const { channel } = await givenToTheApplication();
    expect(membersOf(channel)).toEqual(channelMembers.sort());
  });

  it("the Channel that createChannel makes", () => {
    const channel = createChannel("bob", createConnFactory({})(new FakeDriver()));
    expect(membersOf(channel)).toEqual(channelMembers.sort());
  });
});

describe("what is printed of an object", () => {
  it("shows its identity, and nothing of the machinery behind it", async () => {
    const { conn, agent, channel } = await givenToTheApplication();
    const everything = { depth: Number.POSITIVE_INFINITY };
    expect(inspect(conn, everything)).toBe("ConnHandle {}");
    expect(inspect(agent, everything)).toBe("AgentHandle { id: 'alice', meta: {} }");
    expect(inspect(channel, everything)).toBe("FramedChannel { id: 'alice', meta: {} }");
  });
});

describe("an Agent", () => {
  it("pushes to its peer", async () => {
    const { agent, driver } = await givenToTheApplication();
    expect(agent.push(bytes("hi"))).toBe(true);
    await endOfTurn();
    expect(driver.sent).toEqual(["hi"]);
  });
});
