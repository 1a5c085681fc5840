import { type Agent, type MessageListener, OpCode } from "@im/transport-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SIGN_OF_LIFE_MS } from "../src/channel/signs-of-life.js";
import { observeListener } from "../src/diagnostics/observers.js";
import { openChannel } from "./support/conns.js";
import { bytes, type FakeDriver, text } from "./support/fake-driver.js";
import { deferred, endOfTurn } from "./support/waiting.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const sentBy = (driver: FakeDriver) => driver.writes.flat().map(({ opCode, payload }) => `${opCode} ${text(payload)}`);

/** A listener that works on its first message until the test says so, and whose protocol has pings. */
function busyListener(own: Partial<MessageListener> = {}) {
  const received: string[] = [];
  const work = deferred();
  const listener: MessageListener = {
    receive(_, payload) {
      received.push(text(payload));
      return received.length === 1 ? work.promise : undefined;
    },
    answerPing(agent: Agent, payload) {
      if (text(payload) !== "ping?") return false;
      agent.push(bytes("pong!"));
      return true;
    },
    ...own,
  };
  return { listener, received, work };
}

describe("a ping of the application's protocol", () => {
  it("is answered where it is read, though the listener is at work and messages wait; their order stays", async () => {
    const { channel, driver } = openChannel();
    const { listener, received, work } = busyListener();
    void channel.readLoop(listener);
    for (const word of ["first", "second", "ping?", "third"]) driver.receive(word);
    await endOfTurn();
    expect(sentBy(driver)).toEqual(["2 pong!"]);
    work.resolve();
    await endOfTurn();
    expect(received).toEqual(["first", "second", "third"]);
  });

  it("is bounded as Ping frames are, together with them", async () => {
    const { channel, driver } = openChannel({ maxUnansweredPings: 4 });
    void channel.readLoop(busyListener().listener);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 2; i++) {
        driver.receive("ping?");
        driver.receive("", OpCode.Ping);
      }
      await endOfTurn();
    }
    expect(driver.calls).toEqual([]);
    driver.isBlocked = true;
    for (let i = 0; i < 4; i++) driver.receive("ping?");
    expect(driver.calls).toEqual([]);
    driver.receive("ping?");
    expect(driver.calls[0]).toBe("close 1008 too many pings before an answer could leave");
  });

  it("counts as received for the hooks, once", () => {
    const { channel, driver } = openChannel();
    const counted: number[] = [];
    const hooks = { received: (_: Agent, payloadBytes: number) => void counted.push(payloadBytes) };
    void channel.readLoop(observeListener(busyListener().listener, hooks));
    driver.receive("ping?");
    driver.receive("a message");
    expect(counted).toEqual([5, 9]);
  });

  it("that its listener cannot answer goes the usual way, and what broke is reported", () => {
    const { channel, driver, errors } = openChannel();
    const broken = () => {
      throw new Error("broken");
    };
    const { listener, received } = busyListener({ answerPing: broken, showLife: broken });
    void channel.readLoop(listener);
    driver.receive("ping?");
    expect(received).toEqual(["ping?"]);
    expect(errors).toEqual([{ code: "broken", during: "receive" }]);
  });
});

describe("a side that pauses reading because its listener is behind", () => {
  const paused = (own: Partial<MessageListener> = {}) => {
    const opened = openChannel({ maxInboxMessages: 1, readWaitMs: 60_000 });
    const busy = busyListener(own);
    void opened.channel.readLoop(busy.listener);
    opened.driver.receive("first");
    opened.driver.receive("second");
    expect(opened.driver.calls).toEqual(["pause"]);
    return { ...opened, ...busy };
  };
  const tick = async () => {
    await pass(SIGN_OF_LIFE_MS);
    await endOfTurn();
  };

  it("shows life by an unsolicited Pong, until it reads again", async () => {
    const { driver, work } = paused();
    await tick();
    await tick();
    expect(sentBy(driver)).toEqual(["10 ", "10 "]);
    work.resolve();
    await endOfTurn();
    await tick();
    expect(sentBy(driver)).toEqual(["10 ", "10 "]);
    await tick();
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it("shows life as its listener says", async () => {
    const { driver } = paused({ showLife: (agent) => void agent.push(bytes("alive")) });
    await tick();
    expect(sentBy(driver)).toEqual(["2 alive"]);
  });

  it("sends no sign while something else waits for the peer, nor after the end", async () => {
    const { channel, driver } = paused();
    driver.isBlocked = true;
    channel.push(bytes("an answer"));
    await tick();
    await tick();
    driver.drain();
    await tick();
    driver.end();
    await tick();
    await tick();
    expect(sentBy(driver)).toEqual(["2 an answer", "10 "]);
  });
});
