import { type Agent, OpCode } from "@im/transport-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FramedChannel } from "../src/channel/framed-channel.js";
import { DEADLINE_TICK_MS } from "../src/deadline/deadline-wheel.js";
import { openChannel } from "./support/conns.js";
import { text } from "./support/fake-driver.js";
import { useFakeTime } from "./support/fake-time.js";
import { deferred, endOfTurn, within } from "./support/waiting.js";

const quiet = { receive: () => {} };

describe("read loop", () => {
  it("gives Text, Binary and Continuation to the listener, with agent and opcode", () => {
    const { channel, driver } = openChannel();
    const received: [Agent, string, OpCode][] = [];
    void channel.readLoop({ receive: (agent, payload, opCode) => void received.push([agent, text(payload), opCode]) });
    driver.receive("b");
    driver.receive("t", OpCode.Text);
    driver.receive("c", OpCode.Continuation);
    expect(received.map(([, word, opCode]) => `${opCode} ${word}`)).toEqual(["2 b", "1 t", "0 c"]);
    expect(received.every(([agent]) => agent.id === "alice")).toBe(true);
  });

  it("answers a Ping with its payload, consumes Pong, skips empty payloads", async () => {
    const { channel, driver } = openChannel();
    const received: string[] = [];
    void channel.readLoop({ receive: (_, payload) => void received.push(text(payload)) });
    driver.receive("echo me", OpCode.Ping);
    driver.receive("", OpCode.Ping);
    driver.receive("pong with payload", OpCode.Pong);
    driver.receive("");
    driver.receive("", OpCode.Text);
    await endOfTurn();
    expect(received).toEqual([]);
    expect(driver.writes.flat().map(({ opCode, payload }) => `${opCode} ${text(payload)}`)).toEqual([
      "10 echo me",
      "10 ",
    ]);
  });

  it("gives empty messages to the listener if that is wanted", () => {
    const { channel, driver } = openChannel({ deliverEmptyMessages: true });
    const received: string[] = [];
    void channel.readLoop({ receive: (_, payload, opCode) => void received.push(`${opCode} ${text(payload)}`) });
    driver.receive("", OpCode.Ping);
    driver.receive("");
    driver.receive("", OpCode.Text);
    expect(received).toEqual(["2 ", "1 "]);
  });

  it("a Ping on a connection that is closing is no error", () => {
    const { channel, driver, errors } = openChannel({}, { endsAfterDestroy: "never" });
    void channel.readLoop({ receive: () => channel.destroy() });
    driver.receive("destroys");
    driver.receive("x", OpCode.Ping);
    expect(errors).toEqual([]);
  });

  it("resolves once, with how the connection ended", async () => {
    const { channel, driver } = openChannel();
    const ended = channel.readLoop(quiet);
    driver.end({ code: 1006, reason: "gone", clean: false });
    driver.end({ code: 1000, reason: "again", clean: true });
    expect(await within(ended, "the end")).toMatchObject({ code: 1006, reason: "gone" });
  });

  it("what the listener throws or rejects with is reported, and the next message comes", async () => {
    const { channel, driver, errors } = openChannel();
    const received: string[] = [];
    void channel.readLoop({
      receive(_, payload) {
        received.push(text(payload));
        if (text(payload) === "throw") throw new Error("thrown");
        return text(payload) === "reject" ? Promise.reject(new Error("rejected")) : undefined;
      },
    });
    for (const word of ["throw", "reject", "fine"]) driver.receive(word);
    await endOfTurn();
    expect(received).toEqual(["throw", "reject", "fine"]);
    expect(errors).toEqual([
      { code: "thrown", during: "receive" },
      { code: "rejected", during: "receive" },
    ]);
    expect(driver.calls).toEqual([]);
  });

  it("takes any thenable, even one that misbehaves", async () => {
    const { channel, driver, errors } = openChannel();
    const received: string[] = [];
    const thenables: Record<string, unknown> = {
      twice: {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then: (resolve: () => void) => {
          resolve();
          resolve();
        },
      },
      throws: {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then: () => {
          throw new Error("in then");
        },
      },
      getter: {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        get then() {
          throw new Error("in the getter");
        },
      },
    };
    void channel.readLoop({
      receive(_, payload) {
        received.push(text(payload));
        return thenables[text(payload)] as Promise<void>;
      },
    });
    for (const word of ["twice", "throws", "getter", "fine"]) driver.receive(word);
    await endOfTurn();
    expect(received).toEqual(["twice", "throws", "getter", "fine"]);
    expect(errors.map(({ code }) => code)).toEqual(["in then", "in the getter"]);
  });

  it("what the reporter itself throws or rejects with harms no connection", async () => {
    for (const onError of [
      () => {
        throw new Error("reporter");
      },
      () => Promise.reject(new Error("async reporter")) as never,
    ]) {
      const { channel, driver } = openChannel({ onError });
      let received = 0;
      const receive = () => {
        received++;
        throw new Error("listener");
      };
      void channel.readLoop({ receive });
      driver.receive("1");
      driver.receive("2");
      await endOfTurn();
      expect(received).toBe(2);
    }
  });
});

describe("order", () => {
  it("fault 8: an async listener gets the messages one after the other, in order", async () => {
    const { channel, driver } = openChannel();
    const events: string[] = [];
    const receive = async (_: Agent, payload: Uint8Array) => {
      const word = text(payload);
      events.push(`begin ${word}`);
      // Later ones would be faster.
      for (let n = Number(word); n < 5; n++) await null;
      events.push(`end ${word}`);
    };
    void channel.readLoop({ receive });
    for (let i = 0; i < 5; i++) driver.receive(`${i}`);
    await endOfTurn();
    expect(events).toEqual([0, 1, 2, 3, 4].flatMap((i) => [`begin ${i}`, `end ${i}`]));
  });

  it("a listener that is now async, now sync, keeps the order", async () => {
    const { channel, driver } = openChannel();
    const received: string[] = [];
    const receive = (_: Agent, payload: Uint8Array) => {
      received.push(text(payload));
      return Number(text(payload)) % 3 === 0 ? Promise.resolve() : undefined;
    };
    void channel.readLoop({ receive });
    for (let i = 0; i < 20; i++) {
      driver.receive(`${i}`);
      if (i % 7 === 0) await null;
    }
    await endOfTurn();
    expect(received).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  it("a message that comes while an earlier one is handed over waits for its turn", async () => {
    const { channel, driver } = openChannel();
    const received: string[] = [];
    const receive = (_: Agent, payload: Uint8Array) => {
      received.push(text(payload));
      if (text(payload) === "1") return Promise.resolve();
      // A driver in memory may report an answer from within the listener's flush.
      if (text(payload) === "2") driver.receive("4");
      return undefined;
    };
    void channel.readLoop({ receive });
    for (const word of ["1", "2", "3"]) driver.receive(word);
    await endOfTurn();
    expect(received).toEqual(["1", "2", "3", "4"]);
  });

  it("bounded concurrency: that many at a time, not more", async () => {
    const { channel, driver } = openChannel({ receiveConcurrency: 3 });
    const running = new Map<string, ReturnType<typeof deferred<void>>>();
    let most = 0;
    const receive = (_: Agent, payload: Uint8Array) => {
      const done = deferred();
      running.set(text(payload), done);
      most = Math.max(most, running.size);
      return done.promise;
    };
    void channel.readLoop({ receive });
    for (let i = 0; i < 5; i++) driver.receive(`${i}`);
    expect([...running.keys()]).toEqual(["0", "1", "2"]);
    for (const word of ["1", "0", "2", "3", "4"]) {
      running.get(word)!.resolve();
      running.delete(word);
      await endOfTurn();
    }
    expect(running.size).toBe(0);
    expect(most).toBe(3);
  });
});

describe("read deadline", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const fake = () => useFakeTime();
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it.each([
    ["a message", "x", OpCode.Binary],
    ["an empty payload", "", OpCode.Binary],
    ["a Ping", "", OpCode.Ping],
    ["a Pong", "", OpCode.Pong],
  ])("is renewed by %s", async (_, payload, opCode) => {
    fake();
    const { channel, driver } = openChannel({ readWaitMs: 1_000 });
    const ended = channel.readLoop(quiet);
    for (let i = 0; i < 5; i++) {
      await pass(900);
      driver.receive(payload, opCode);
    }
    expect(driver.calls, "closed, though frames came").toEqual([]);
    await pass(999);
    expect(driver.calls, "closed before the wait was over").toEqual([]);
    await pass(1 + DEADLINE_TICK_MS);
    expect((await ended).error).toMatchObject({ code: "IM_ERR_READ_TIMEOUT" });
  });

  it("counts from the read loop, not from what the login had set", async () => {
    fake();
    const { channel, driver } = openChannel({ readWaitMs: 5_000 });
    channel.setReadDeadline(performance.now() + 100);
    void channel.readLoop(quiet);
    await pass(4_000);
    expect(driver.calls).toEqual([]);
  });

  it("setReadWait counts from the next frame", async () => {
    fake();
    const { channel, driver } = openChannel({ readWaitMs: 60_000 });
    void channel.readLoop(quiet);
    channel.setReadWait(500);
    await pass(1_000);
    expect(driver.calls, "before the next frame").toEqual([]);
    driver.receive("x");
    await pass(500 + DEADLINE_TICK_MS);
    expect(driver.calls[0]).toMatch(/^close 3008/);
  });

  it("a Ping is answered, and renews, while the listener is busy", async () => {
    fake();
    const { channel, driver } = openChannel({ readWaitMs: 1_000 });
    const busy = deferred();
    void channel.readLoop({ receive: () => busy.promise });
    driver.receive("keeps the listener busy");
    for (let i = 0; i < 5; i++) {
      await pass(900);
      driver.receive(`ping ${i}`, OpCode.Ping);
    }
    await endOfTurn();
    expect(driver.sent).toEqual(["ping 0", "ping 1", "ping 2", "ping 3", "ping 4"]);
    expect(driver.calls).toEqual([]);
    busy.resolve();
  });

  it("gives no message to the listener that it has reported as undelivered", async () => {
    const { channel, driver, errors } = openChannel();
    const first = deferred();
    const received: string[] = [];
    const receive = (_: Agent, payload: Uint8Array) => {
      received.push(text(payload));
      if (received.length === 1) return first.promise;
      return FramedChannel.cut(channel);
    };
    const ended = channel.readLoop({ receive });
    for (const word of ["1", "2", "3", "4"]) driver.receive(word);
    driver.end();
    first.resolve();
    await within(ended, "the end of the read loop");
    await endOfTurn();
    expect(received).toEqual(["1", "2"]);
    expect(errors).toEqual([{ code: "IM_ERR_UNDELIVERED", during: "receive" }]);
  });
});
