import { inspect } from "node:util";
import type { Agent, Conn } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { bytes } from "./support/fake-driver.js";
import { startServer } from "./support/servers.js";
import { deferred, endOfTurn } from "./support/waiting.js";

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
  const given = deferred<{ conn: Conn; agent: Agent }>();
  let conn: Conn;
  const { listener } = await startServer({
    maxConnections: 1,
    acceptor: {
      accept(made) {
        conn = made;
        return "alice";
      },
    },
    messageListener: { receive: (agent) => given.resolve({ conn, agent }) },
  });
  const driver = listener.connect();
  await endOfTurn();
  driver.receive("hello");
  return { ...(await given.promise), driver };
}

describe("what the application is given", () => {
  it("an Acceptor: a Conn, and nothing of the machinery behind it", async () => {
    const { conn } = await givenToTheApplication();
    expect(membersOf(conn)).toEqual(
      [
        ...["localAddress", "remoteAddress", "canPing", "queuedBytes", "closed"],
        ...["readFrame", "readFrames", "pauseReading", "resumeReading", "writeFrame", "flush", "drained"],
        ...["setReadDeadline", "setWriteDeadline", "setWriteWait", "setCloseWait", "close", "destroy"],
        String(Symbol.asyncDispose),
      ].sort(),
    );
  });

  it("a listener: an Agent, which it cannot close", async () => {
    const { agent } = await givenToTheApplication();
    expect(membersOf(agent)).toEqual(["drained", "id", "meta", "push", "remoteAddress"]);
  });

  it("an Agent that says who it is when it is printed, and no more", async () => {
    const { agent } = await givenToTheApplication();
    expect(inspect(agent)).toBe("AgentHandle { id: 'alice', meta: {} }");
  });

  it("an Agent that pushes to its peer", async () => {
    const { agent, driver } = await givenToTheApplication();
    expect(agent.push(bytes("hi"))).toBe(true);
    await endOfTurn();
    expect(driver.sent).toEqual(["hi"]);
  });
});
