import type { Agent } from "@im/transport-core";
import { OpCode } from "@im/transport-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FramedChannel } from "../src/channel/framed-channel.js";
import { DEADLINE_TICK_MS } from "../src/deadline/deadline-wheel.js";
import { openChannel } from "./support/conns.js";
import { text } from "./support/fake-driver.js";
import { TURN_MS, useFakeTime } from "./support/fake-time.js";
import { deferred, endOfTurn } from "./support/waiting.js";

/** A listener whose messages are settled by the test, one after the other. */
function slowListener() {
  const received: string[] = [];
  const running: ReturnType<typeof deferred<void>>[] = [];
  const receive = (_: Agent, payload: Uint8Array) => {
    received.push(text(payload));
    const done = deferred();
    running.push(done);
    return done.promise;
  };
  const settle = async () => {
    running.shift()?.resolve();
    await endOfTurn();
  };
  return { received, receive, settle };
}

beforeEach(() => {
  useFakeTime();
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a listener that is slower than the peer", () => {
  it("holds the peer back: a full inbox pauses reading, and room resumes it", async () => {
    const { channel, driver } = openChannel({ maxInboxMessages: 2 });
    const { received, receive, settle } = slowListener();
    void channel.readLoop({ receive });
    driver.receive("running");
    driver.receive("waits 1");
    expect(driver.calls).toEqual([]);
    driver.receive("waits 2");
    expect(driver.calls).toEqual(["pause"]);
    await settle();
    expect(driver.calls).toEqual(["pause", "resume"]);
    await settle();
    await settle();
    expect(received).toEqual(["running", "waits 1", "waits 2"]);
  });

  it("a full inbox in bytes pauses, too", () => {
    const { channel, driver } = openChannel({ maxInboxBytes: 10 });
    void channel.readLoop({ receive: slowListener().receive });
    driver.receive("running, and not counted");
    driver.receive("0123456789");
    expect(driver.calls).toEqual(["pause"]);
  });

  it("the rest of the chunk is kept, in order, beyond the limit", async () => {
    const { channel, driver } = openChannel({ maxInboxMessages: 2 });
    const { received, receive, settle } = slowListener();
    void channel.readLoop({ receive });
    const words = Array.from({ length: 8 }, (_, i) => `${i}`);
    for (const word of words) driver.receive(word);
    expect(driver.calls, "paused once").toEqual(["pause"]);
    for (const _ of words) await settle();
    expect(received).toEqual(words);
    expect(driver.calls).toEqual(["pause", "resume"]);
  });

  it("while paused the read deadline stands still; it counts anew afterwards", async () => {
    const { channel, driver } = openChannel({ maxInboxMessages: 1, readWaitMs: 1_000 });
    const { receive, settle } = slowListener();
    void channel.readLoop({ receive });
    driver.receive("running");
    driver.receive("fills the inbox");
    driver.receive("last of the chunk", OpCode.Ping);
    await pass(60_000);
    expect(driver.calls, "while paused").toEqual(["pause"]);
    await settle();
    await pass(999);
    expect(driver.calls, "after it resumed").toEqual(["pause", "resume"]);
    await pass(1 + DEADLINE_TICK_MS);
    expect(driver.calls[2]).toMatch(/^close 3008/);
  });

  it("does not delay others", async () => {
    const slow = openChannel({ maxInboxMessages: 1 });
    const quick = openChannel();
    const received: string[] = [];
    void slow.channel.readLoop({ receive: slowListener().receive });
    void quick.channel.readLoop({ receive: (_, payload) => void received.push(text(payload)) });
    for (let i = 0; i < 10; i++) slow.driver.receive(`slow ${i}`);
    quick.driver.receive("quick");
    expect(received).toEqual(["quick"]);
  });
});

describe("the end of the connection", () => {
  it("waits for the listener, and for the messages that came before", async () => {
    const { channel, driver } = openChannel();
    const { received, receive, settle } = slowListener();
    const ended = vi.fn();
    void channel.readLoop({ receive }).then(ended);
    driver.receive("running");
    driver.receive("waits");
    driver.end();
    await settle();
    expect(received).toEqual(["running", "waits"]);
    expect(ended, "before the last message was settled").not.toHaveBeenCalled();
    await settle();
    expect(ended).toHaveBeenCalledOnce();
    expect(vi.getTimerCount(), "timers left").toBe(0);
  });

  it("a listener that never settles is waited for no longer than the write wait; what is lost is reported", async () => {
    const { channel, driver, errors } = openChannel({ writeWaitMs: 1_000 });
    const { received, receive, settle } = slowListener();
    const ended = vi.fn();
    void channel.readLoop({ receive }).then(ended);
    driver.receive("running");
    driver.receive("waits 1");
    driver.receive("waits 2");
    driver.end();
    await pass(999);
    expect(ended).not.toHaveBeenCalled();
    await pass(1 + TURN_MS);
    expect(ended).toHaveBeenCalledOnce();
    expect(errors).toEqual([{ code: "IM_ERR_UNDELIVERED", during: "receive" }]);
    // It settles after all: what was reported as lost is not given to it any more.
    await settle();
    await settle();
    expect(received).toEqual(["running"]);
    expect(ended).toHaveBeenCalledOnce();
    expect(errors).toHaveLength(1);
  });

  it("nothing is reported if only what runs is unsettled", async () => {
    const { channel, driver, errors } = openChannel({ writeWaitMs: 1_000 });
    const ended = vi.fn();
    void channel.readLoop({ receive: slowListener().receive }).then(ended);
    driver.receive("running");
    driver.end();
    await pass(1_000 + TURN_MS);
    expect(ended).toHaveBeenCalledOnce();
    expect(errors).toEqual([]);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])(
    "a write wait of %d ms is waited for, not given up at once",
    async (waitMs) => {
      const { channel, driver, errors } = openChannel({ writeWaitMs: waitMs });
      const { receive, settle } = slowListener();
      const ended = vi.fn();
      void channel.readLoop({ receive }).then(ended);
      driver.receive("running");
      driver.receive("waits");
      driver.end();
      await pass(3_600_000);
      expect([ended.mock.calls.length, errors.length], "after an hour").toEqual([0, 0]);
      await settle();
      await settle();
      expect(ended).toHaveBeenCalledOnce();
    },
  );
});

describe("quiesce", () => {
  it("takes nothing more, and resolves when the listener is done with what had come", async () => {
    const { channel, driver } = openChannel();
    const { received, receive, settle } = slowListener();
    void channel.readLoop({ receive });
    driver.receive("running");
    driver.receive("waits");
    const quiet = vi.fn();
    void FramedChannel.quiesce(channel).then(quiet);
    expect(driver.calls).toEqual(["pause"]);
    await settle();
    expect(quiet).not.toHaveBeenCalled();
    await settle();
    expect(quiet).toHaveBeenCalledOnce();
    expect(received).toEqual(["running", "waits"]);
    expect(driver.calls, "reading goes on").toEqual(["pause"]);
  });

  it("resolves at once when nothing is under way, or no read loop runs", async () => {
    const { channel } = openChannel();
    await FramedChannel.quiesce(channel);
    void channel.readLoop({ receive: () => {} });
    await FramedChannel.quiesce(channel);
  });
});

describe("a peer that pings faster than it is answered", () => {
  it("is closed at the cap, and reads why if it reads at all", async () => {
    const { channel, driver } = openChannel({ maxUnansweredPings: 3 });
    const ended = channel.readLoop({ receive: () => {} });
    driver.isBlocked = true;
    for (let i = 0; i < 10; i++) driver.receive("ping", OpCode.Ping);
    expect(driver.calls).toEqual(["close 1008 too many pings before an answer could leave"]);
    expect(driver.sent.filter((sent) => sent === "ping").length, "answers").toBe(3);
    driver.end();
    expect(await ended).toMatchObject({ code: 1008, clean: false });
  });

  it("is closed even if it reads, since answering a flood holds up all others", async () => {
    const { channel, driver } = openChannel({ maxUnansweredPings: 3 });
    void channel.readLoop({ receive: () => {} });
    for (let i = 0; i < 4; i++) driver.receive("ping", OpCode.Ping);
    expect(driver.calls).toEqual(["close 1008 too many pings before an answer could leave"]);
  });

  it("is answered up to the cap, in each turn anew", async () => {
    const { channel, driver } = openChannel({ maxUnansweredPings: 3 });
    void channel.readLoop({ receive: () => {} });
    for (let turn = 0; turn < 5; turn++) {
      for (let i = 0; i < 3; i++) driver.receive("ping", OpCode.Ping);
      await endOfTurn();
    }
    expect(driver.calls).toEqual([]);
    expect(driver.sent.length).toBe(15);
  });

  it("that its application's answers always stand before the pongs does not count against it", async () => {
    const { channel, driver } = openChannel({ maxUnansweredPings: 3 });
    void channel.readLoop({ receive: (agent, payload) => void agent.push(payload) });
    for (let turn = 0; turn < 10; turn++) {
      driver.receive("message");
      driver.receive("ping", OpCode.Ping);
      await endOfTurn();
    }
    expect(driver.calls).toEqual([]);
    expect(driver.sent.length).toBe(20);
  });

  it("is forgiven once it has read", () => {
    const { channel, driver } = openChannel({ maxUnansweredPings: 3 });
    void channel.readLoop({ receive: () => {} });
    for (let round = 0; round < 10; round++) {
      driver.isBlocked = true;
      for (let i = 0; i < 3; i++) driver.receive("ping", OpCode.Ping);
      channel.flush();
      driver.drain();
    }
    expect(driver.calls).toEqual([]);
  });
});
