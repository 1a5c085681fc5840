import { getEventListeners } from "node:events";
import { TransportError } from "@im/transport-core";
import { createResponse, getMetaString, type LogicPkt, Sequence, Status } from "@im/wire";
import { extensionMetaKeys } from "@im/wire/codec";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Requests } from "../../src/im-client/requests.js";
import { failing } from "../support/test-gateway.js";
import { bytes, codeOf, deferred, errorOf, text } from "../support/waiting.js";

const LAST = 4294967294;
const unlimited = { maxInFlight: Number.POSITIVE_INFINITY };

/** A connection that keeps what is sent. */
class SentPackets {
  readonly packets: LogicPkt[] = [];
  readonly supportsIdempotency: boolean;
  readonly account: string;
  /** Above its mark after so many packets, until it is drained. */
  room = Number.POSITIVE_INFINITY;
  #drained = deferred();
  constructor({ supportsIdempotency = true, account = "alice" } = {}) {
    this.supportsIdempotency = supportsIdempotency;
    this.account = account;
  }
  send(packet: LogicPkt): boolean {
    this.packets.push(packet);
    return --this.room > 0;
  }
  drained(): Promise<void> {
    return this.#drained.promise;
  }
  drain(room: number): void {
    this.room = room;
    this.#drained.resolve();
    this.#drained = deferred();
  }
  get sequences(): number[] {
    return this.packets.map(({ sequence }) => sequence);
  }
}

const settings = { timeoutMs: 1_000 };
/** Those that are not answered fail some time, which is of no interest. */
const submit = (requests: Requests, commands: string[]) => {
  const answers = commands.map((command) => requests.submit({ command }, settings));
  for (const answer of answers) answer.catch(() => {});
  return answers;
};
const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));
const commandsOf = ({ packets }: SentPackets) => packets.map(({ command }) => command);
const ask = (requests: Requests, more = {}) => requests.submit({ command: "a.b" }, { ...settings, ...more });

describe("responses", () => {
  it("settle the request of their sequence, in any order", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const answers = [ask(requests), ask(requests), ask(requests)];
    for (const packet of [...connection.packets].reverse()) {
      requests.answered(createResponse(packet, { body: bytes(`to ${packet.sequence}`) }));
    }
    const texts = (await Promise.all(answers)).map(({ body }) => new TextDecoder().decode(body));
    expect(texts).toEqual(["to 1", "to 2", "to 3"]);
    expect(requests.pending).toBe(0);
  });

  it("that are late, repeated, unknown or of another command harm nothing", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const first = ask(requests);
    const response = createResponse(connection.packets[0]!);
    requests.answered({ ...response, sequence: 77 });
    requests.answered({ ...response, sequence: 0 });
    requests.answered({ ...response, command: "another" });
    expect(requests.pending).toBe(1);
    requests.answered(response);
    requests.answered(response);
    expect((await first).sequence).toBe(1);
  });

  it("of a status other than Success reject with what the server says", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const answer = errorOf(ask(requests));
    requests.answered(failing(connection.packets[0]!, Status.SystemException, "the store is down"));
    expect(await answer).toMatchObject({ code: "IM_ERR_REQUEST_FAILED", response: { status: 300 } });
    expect((await answer).message).toContain("the store is down");
  });
});

describe("sequences", () => {
  it("wrap from 4294967294 to 1 and are never 0", () => {
    const requests = new Requests(unlimited, new Sequence(LAST - 1));
    const connection = new SentPackets();
    requests.online(connection);
    for (let count = 0; count < 4; count++) ask(requests).catch(() => {});
    expect(connection.sequences).toEqual([LAST - 1, LAST, 1, 2]);
    requests.end(new Error("the end"));
  });

  it("of requests in flight are left out", () => {
    const sequence = new Sequence(1);
    const requests = new Requests(unlimited, sequence);
    const connection = new SentPackets();
    requests.online(connection);
    for (let count = 0; count < 3; count++) ask(requests).catch(() => {});
    requests.answered(createResponse(connection.packets[1]!));
    // As after four thousand million more.
    const rewound = [LAST, 1, 2, 3, 4];
    vi.spyOn(sequence, "next").mockImplementation(() => rewound.shift()!);
    for (let count = 0; count < 3; count++) ask(requests).catch(() => {});
    expect(connection.sequences).toEqual([1, 2, 3, LAST, 2, 4]);
    requests.end(new Error("the end"));
  });
});

describe("requests in flight", () => {
  const init = { idempotencyKey: "k" };

  it("are repeated in the order in which they were sent, also where sequences begin anew", () => {
    const requests = new Requests(unlimited, new Sequence(LAST - 1));
    requests.online(new SentPackets());
    for (const command of ["a", "b", "c", "d"]) {
      requests.submit({ command }, { ...settings, ...init }).catch(() => {});
    }
    requests.offline(new Error("the connection is lost"));
    const next = new SentPackets();
    requests.online(next);
    expect(commandsOf(next)).toEqual(["a", "b", "c", "d"]);
    requests.end(new Error("the end"));
  });

  it("are found by their sequence, however many there are and however long one takes", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const slow = ask(requests);
    const slowPacket = connection.packets[0]!;
    for (let round = 0; round < 50; round++) {
      const answers = Array.from({ length: 10 + round * 10 }, () => ask(requests));
      const sent = connection.packets.slice(-answers.length);
      for (const packet of sent.reverse())
        requests.answered(createResponse(packet, { body: bytes(`${packet.sequence}`) }));
      const settled = await Promise.all(answers);
      expect(settled.map(({ body, sequence }) => text(body) === `${sequence}`)).not.toContain(false);
    }
    expect(new Set(connection.sequences).size).toBe(connection.packets.length);
    requests.answered(createResponse(slowPacket, { body: bytes("at last") }));
    expect(text((await slow).body)).toBe("at last");
    expect(requests.pending).toBe(0);
  });
});

describe("timeouts", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("reject, say that it may have been delivered, and leave nothing", async () => {
    const requests = new Requests(unlimited);
    requests.online(new SentPackets());
    const answer = errorOf(ask(requests));
    await vi.advanceTimersByTimeAsync(999);
    expect(requests.pending).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(await answer).toMatchObject({ code: "IM_ERR_REQUEST_TIMEOUT", delivery: "unknown" });
    expect(requests.pending).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are no judgement on a response that has come and is still to be read", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const answer = ask(requests);
    // In the same turn as the time limit, and after it.
    setTimeout(() => requests.answered(createResponse(connection.packets[0]!)), settings.timeoutMs);
    await vi.advanceTimersByTimeAsync(settings.timeoutMs + 1);
    expect((await answer).status).toBe(0);
  });

  it("of different lengths come in their order", async () => {
    const requests = new Requests(unlimited);
    requests.online(new SentPackets());
    const order: number[] = [];
    for (const timeoutMs of [300, 100, 200, 100]) ask(requests, { timeoutMs }).catch(() => order.push(timeoutMs));
    await vi.advanceTimersByTimeAsync(301);
    expect(order).toEqual([100, 100, 200, 300]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leave no timer once all have been answered", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const answer = ask(requests);
    requests.answered(createResponse(connection.packets[0]!));
    await answer;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("more requests than may be in flight", () => {
  const two = { maxInFlight: 2 };

  it("wait, and one follows in its order for each that is answered", async () => {
    const requests = new Requests(two);
    const connection = new SentPackets();
    requests.online(connection);
    const answers = submit(requests, ["one", "two", "three", "four"]);
    expect(commandsOf(connection)).toEqual(["one", "two"]);
    requests.answered(createResponse(connection.packets[1]!));
    await endOfTurn();
    expect(commandsOf(connection)).toEqual(["one", "two", "three"]);
    requests.answered(createResponse(connection.packets[0]!));
    await endOfTurn();
    expect(commandsOf(connection)).toEqual(["one", "two", "three", "four"]);
    for (const packet of connection.packets.slice(2)) requests.answered(createResponse(packet));
    expect((await Promise.all(answers)).map(({ command }) => command)).toEqual(["one", "two", "three", "four"]);
    expect(requests.pending).toBe(0);
  });

  it("come before one that is made when there is room again, which is sent as it was at the call", async () => {
    const requests = new Requests({ maxInFlight: 1 });
    const connection = new SentPackets();
    requests.online(connection);
    void submit(requests, ["one", "two"]);
    requests.answered(createResponse(connection.packets[0]!));
    const body = bytes("first");
    requests.submit({ command: "three", body }, settings).catch(() => {});
    body.set(bytes("other"));
    requests.answered(createResponse(connection.packets[1]!));
    await endOfTurn();
    expect(commandsOf(connection)).toEqual(["one", "two", "three"]);
    expect(text(connection.packets[2]!.body)).toBe("first");
  });

  it("are no more on the next connection; those with a key, sent before or not, are sent by that", async () => {
    const requests = new Requests(two);
    requests.online(new SentPackets());
    for (const key of ["k1", "k2", "k3"]) ask(requests, { idempotencyKey: key }).catch(() => {});
    const other = errorOf(ask(requests));
    requests.offline(new Error("cut"));
    expect(await other, "one that may not be repeated").toMatchObject({ code: "IM_ERR_OFFLINE", delivery: "none" });
    const connection = new SentPackets();
    requests.online(connection);
    const keys = () => connection.packets.map((packet) => getMetaString(packet, extensionMetaKeys.idempotencyKey));
    expect(keys()).toEqual(["k1", "k2"]);
    requests.answered(createResponse(connection.packets[0]!));
    await endOfTurn();
    expect(keys()).toEqual(["k1", "k2", "k3"]);
  });

  it("have not been delivered when they time out, and make room when they were", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const requests = new Requests({ maxInFlight: 1 });
    const connection = new SentPackets();
    requests.online(connection);
    const first = errorOf(ask(requests, { timeoutMs: 200 }));
    const second = errorOf(ask(requests, { timeoutMs: 100 }));
    const third = errorOf(ask(requests, { timeoutMs: 300 }));
    await vi.advanceTimersByTimeAsync(101);
    expect(await second).toMatchObject({ code: "IM_ERR_REQUEST_TIMEOUT", delivery: "none" });
    expect(connection.packets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(await first).toMatchObject({ code: "IM_ERR_REQUEST_TIMEOUT", delivery: "unknown" });
    expect(connection.packets, "the third follows the first").toHaveLength(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(await third).toMatchObject({ code: "IM_ERR_REQUEST_TIMEOUT", delivery: "unknown" });
  });

  it("are sent as they were at the call, whatever becomes of the memory of their bodies", async () => {
    const requests = new Requests({ maxInFlight: 1 });
    const connection = new SentPackets();
    requests.online(connection);
    const body = bytes("first");
    void submit(requests, ["a.b"]);
    requests.submit({ command: "a.c", body }, settings).catch(() => {});
    body.set(bytes("other"));
    requests.answered(createResponse(connection.packets[0]!));
    await endOfTurn();
    expect(text(connection.packets[1]!.body)).toBe("first");
  });

  it("are not sent by what ends all of them: the abort of a signal that they share", async () => {
    const requests = new Requests(two);
    const connection = new SentPackets();
    requests.online(connection);
    const controller = new AbortController();
    const errors = Array.from({ length: 9 }, () => errorOf(ask(requests, { signal: controller.signal })));
    const other = ask(requests);
    controller.abort(new Error("left the page"));
    await Promise.all(errors);
    await endOfTurn();
    expect(connection.packets, "two of them, and the other").toHaveLength(3);
    requests.answered(createResponse(connection.packets[2]!));
    await other;
  });

  it("are not sent by what ends all of them: the same time limit", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const requests = new Requests(two);
    const connection = new SentPackets();
    requests.online(connection);
    const errors = Array.from({ length: 9 }, () => errorOf(ask(requests)));
    await vi.advanceTimersByTimeAsync(settings.timeoutMs + 1);
    const deliveries = (await Promise.all(errors)).map((error) => (error as { delivery?: string }).delivery);
    expect(deliveries).toEqual(["unknown", "unknown", ...Array(7).fill("none")]);
    expect(connection.packets).toHaveLength(2);
  });

  it("are not sent by an answer that ends the connection", async () => {
    const requests = new Requests({ maxInFlight: 1, offlineQueue: { maxRequests: 9, maxAgeMs: 60_000 } });
    const [first, second] = [new SentPackets(), new SentPackets()];
    requests.online(first);
    const answers = submit(requests, ["one", "two"]);
    requests.answered(failing(first.packets[0]!, Status.SessionNotFound));
    requests.offline(new Error("the session is gone"));
    requests.online(second);
    await codeOf(answers[0]!);
    await endOfTurn();
    expect([commandsOf(first), commandsOf(second)]).toEqual([["one"], ["two"]]);
  });

  it.each([
    ["may wait for a connection", { maxRequests: 1, maxAgeMs: 60_000 }],
    ["may not", undefined],
  ])("fail with the client at its end, whether they %s", async (_, offlineQueue) => {
    const requests = new Requests({ maxInFlight: 1, offlineQueue });
    requests.online(new SentPackets());
    const errors = submit(requests, ["one", "two", "three"]).map(errorOf);
    requests.end(new Error("closed"));
    const [first, ...rest] = await Promise.all(errors);
    expect(first).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
    for (const error of rest) expect(error).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", delivery: "none" });
  });

  it("one whose sending throws a value that is not an Error fails, and no other does", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const send = connection.send.bind(connection);
    connection.send = () => {
      throw undefined;
    };
    expect(await errorOf(ask(requests))).toBeInstanceOf(Error);
    connection.send = send;
    void submit(requests, ["a.b"]);
    expect(commandsOf(connection)).toEqual(["a.b"]);
  });

  it("one that is made while another is sent follows it", () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    // Sending reads what the application gave, which may ask again.
    const send = connection.send.bind(connection);
    connection.send = (packet) => {
      if (packet.command === "a.outer") void submit(requests, ["a.nested"]);
      return send(packet);
    };
    void submit(requests, ["a.outer"]);
    expect(commandsOf(connection)).toEqual(["a.outer", "a.nested"]);
  });
});

describe("while the connection's queue is full", () => {
  it("requests wait here, and follow in their order when it is drained", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    connection.room = 2;
    requests.online(connection);
    const names = ["one", "two", "three", "four", "five"];
    const answers = names.map((command) => requests.submit({ command }, settings));
    expect(connection.packets.map(({ command }) => command)).toEqual(["one", "two"]);
    connection.drain(2);
    await vi.waitFor(() => expect(connection.packets).toHaveLength(4));
    connection.drain(9);
    await vi.waitFor(() => expect(connection.packets).toHaveLength(5));
    expect(connection.packets.map(({ command }) => command)).toEqual(names);
    for (const packet of connection.packets) requests.answered(createResponse(packet));
    await Promise.all(answers);
  });

  it("their age offline is counted no further", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 9, maxAgeMs: 100 } });
    const answers = [ask(requests), ask(requests)];
    const connection = new SentPackets();
    connection.room = 1;
    requests.online(connection);
    await vi.advanceTimersByTimeAsync(500);
    connection.drain(9);
    await vi.advanceTimersByTimeAsync(0);
    for (const packet of connection.packets) requests.answered(createResponse(packet));
    expect(await Promise.all(answers)).toHaveLength(2);
  });

  it("those that were not sent when the connection goes have certainly not been delivered", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    connection.room = 1;
    requests.online(connection);
    const answers = [errorOf(ask(requests)), errorOf(ask(requests))];
    requests.offline(new Error("cut"));
    expect(await answers[0]).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
    expect(await answers[1]).toMatchObject({ code: "IM_ERR_OFFLINE", delivery: "none" });
    expect(requests.pending).toBe(0);
  });

  it("repetitions are no more at a time than it takes", async () => {
    const requests = new Requests(unlimited);
    requests.online(new SentPackets());
    for (let number = 0; number < 5; number++) ask(requests, { idempotencyKey: `k${number}` }).catch(() => {});
    requests.offline(new Error("cut"));
    const connection = new SentPackets();
    connection.room = 2;
    requests.online(connection);
    expect(connection.packets).toHaveLength(2);
    connection.drain(9);
    await vi.waitFor(() => expect(connection.packets).toHaveLength(5));
    requests.end(new Error("the end"));
  });

  it("a queue that overflows all the same may have sent what it refused", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    connection.send = () => {
      throw new TransportError("IM_ERR_QUEUE_FULL", "closed");
    };
    requests.online(connection);
    expect(await errorOf(ask(requests))).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
  });
});

describe("an idempotent request that was under way when the connection was lost", () => {
  const closed = (code: number) =>
    Object.assign(new Error(`closed with ${code}`), { closeInfo: { code, reason: "", clean: true } });
  const keyed = (requests: Requests, names: readonly string[]) =>
    names.map((command) => {
      const answer = requests.submit({ command }, { ...settings, idempotencyKey: command });
      answer.catch(() => {});
      return answer;
    });
  const lost = (requests: Requests, code: number) => {
    requests.offline(closed(code));
    const connection = new SentPackets();
    requests.online(connection);
    return connection;
  };
  const open = () => {
    const requests = new Requests(unlimited);
    onTestFinished(() => requests.end(new Error("the end")));
    const connection = new SentPackets();
    requests.online(connection);
    return { requests, connection };
  };

  it.each([1007, 1009])("by a close %i is repeated alone, one after the other, while others wait", async (code) => {
    const { requests } = open();
    void keyed(requests, ["one", "two"]);
    const connection = lost(requests, code);
    void submit(requests, ["three", "four"]);
    expect(commandsOf(connection)).toEqual(["one"]);
    for (const expected of [
      ["one", "two"],
      ["one", "two", "three", "four"],
    ]) {
      requests.answered(createResponse(connection.packets.at(-1)!));
      await endOfTurn();
      expect(commandsOf(connection)).toEqual(expected);
    }
  });

  it.each([1007, 1009])(
    "alone, by a close %i, fails with the close as its cause, and the others go on",
    async (code) => {
      const { requests } = open();
      const [one] = keyed(requests, ["one", "two"]);
      lost(requests, code);
      const connection = lost(requests, code);
      expect(await errorOf(one!)).toMatchObject({
        code: "IM_ERR_UNANSWERED",
        delivery: "unknown",
        message: expect.stringContaining(String(code)),
        cause: { closeInfo: { code } },
      });
      expect(commandsOf(connection)).toEqual(["two"]);
    },
  );

  it("alone from the beginning, by a close 1009, fails at once", async () => {
    const { requests } = open();
    const [one] = keyed(requests, ["one"]);
    expect(commandsOf(lost(requests, 1009))).toEqual([]);
    expect(await errorOf(one!)).toMatchObject({ code: "IM_ERR_UNANSWERED", cause: { closeInfo: { code: 1009 } } });
  });

  it("two other times is repeated alone likewise, and lost again fails", async () => {
    const { requests } = open();
    const [one] = keyed(requests, ["one", "two"]);
    expect(commandsOf(lost(requests, 1006))).toEqual(["one", "two"]);
    expect(commandsOf(lost(requests, 3008))).toEqual(["one"]);
    expect(commandsOf(lost(requests, 1006))).toEqual(["two"]);
    expect(await errorOf(one!)).toMatchObject({ code: "IM_ERR_UNANSWERED", cause: { closeInfo: { code: 1006 } } });
  });

  it("is not held to have done it where others were beside it", async () => {
    const { requests } = open();
    void keyed(requests, ["one"]);
    void submit(requests, ["two"]);
    expect(commandsOf(lost(requests, 1009))).toEqual(["one"]);
  });

  it.each([1001, 1012, 1013, 4003])("by a close %i is repeated however often that happens", (code) => {
    const { requests } = open();
    void keyed(requests, ["one", "two"]);
    for (let count = 0; count < 9; count++) expect(commandsOf(lost(requests, code))).toEqual(["one", "two"]);
    expect(commandsOf(lost(requests, 1009))).toEqual(["one"]);
    for (let count = 0; count < 9; count++) expect(commandsOf(lost(requests, code))).toEqual(["one"]);
  });

  it("and is repeated alone waits until what was sent before it has settled", async () => {
    const { requests } = open();
    void keyed(requests, ["old"]);
    lost(requests, 1006);
    void keyed(requests, ["new"]);
    const connection = lost(requests, 1006);
    expect(commandsOf(connection)).toEqual(["old"]);
    requests.answered(createResponse(connection.packets[0]!));
    await endOfTurn();
    expect(commandsOf(connection)).toEqual(["old", "new"]);
  });
});

describe("a body", () => {
  it.each([
    ["Uint8Array", new Uint8Array(4)],
    ["Buffer", Buffer.alloc(4)],
  ])("that has to wait, or may be repeated, is that of the call, whatever becomes of its %s", async (_, memory) => {
    const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 9, maxAgeMs: 60_000 } });
    const connection = new SentPackets();
    const say = (word: string, more = {}) => {
      memory.set(bytes(word));
      requests.submit({ command: "a.b", body: memory }, { ...settings, ...more }).catch(() => {});
    };
    say("one.");
    say("two.", { idempotencyKey: "k" });
    memory.fill(0);
    requests.online(connection);
    requests.offline(new Error("cut"));
    requests.online(connection);
    const sent = connection.packets.map(({ body }) => new TextDecoder().decode(body));
    expect(sent).toEqual(["one.", "two.", "two."]);
    requests.end(new Error("the end"));
  });
});

describe("another account", () => {
  it("gets none of the requests that were made for the one before", async () => {
    const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 9, maxAgeMs: 60_000 } });
    requests.online(new SentPackets());
    const sent = errorOf(ask(requests, { idempotencyKey: "k" }));
    requests.offline(new Error("cut"));
    const unsent = errorOf(ask(requests));
    const connection = new SentPackets({ account: "bob" });
    requests.online(connection);
    expect(await sent).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
    expect(await unsent).toMatchObject({ code: "IM_ERR_OFFLINE", delivery: "none" });
    expect(connection.packets).toEqual([]);
  });
});

describe("an abort", () => {
  it.each([
    ["and sent all the same", undefined],
    ["and not sent, since the connection is gone", new TransportError("IM_ERR_CLOSED", "gone")],
  ])("while the request is being sent, %s, leaves nothing", async (_, error) => {
    const controller = new AbortController();
    const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 1, maxAgeMs: 60_000 } });
    const connection = new SentPackets();
    connection.send = () => {
      controller.abort(new Error("enough"));
      if (error) throw error;
      return true;
    };
    requests.online(connection);
    const aborted = ask(requests, { signal: controller.signal, idempotencyKey: "k" });
    await expect(aborted).rejects.toThrow("enough");
    expect(requests.pending).toBe(0);
  });

  it("has one listener, however many requests share its signal, and none when they have settled", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const { signal } = new AbortController();
    const answers = Array.from({ length: 20 }, () => ask(requests, { signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const packet of connection.packets) requests.answered(createResponse(packet));
    await Promise.all(answers);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("of a signal that several requests share rejects those that have not settled", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets();
    requests.online(connection);
    const controller = new AbortController();
    const [first, ...rest] = [1, 2, 3].map(() => ask(requests, { signal: controller.signal }));
    requests.answered(createResponse(connection.packets[0]!));
    await first;
    const errors = rest.map(errorOf);
    const reason = new Error("left the page");
    controller.abort(reason);
    expect(await Promise.all(errors)).toEqual([reason, reason]);
    expect(requests.pending).toBe(0);
  });

  it("rejects with its reason and frees everything", async () => {
    const requests = new Requests(unlimited);
    requests.online(new SentPackets());
    const controller = new AbortController();
    const answer = errorOf(ask(requests, { signal: controller.signal }));
    const reason = new Error("changed my mind");
    controller.abort(reason);
    expect(await answer).toBe(reason);
    expect(requests.pending).toBe(0);
  });
});

describe("when the connection is lost", () => {
  it("what is in flight fails at once, and may have been delivered", async () => {
    const requests = new Requests(unlimited);
    requests.online(new SentPackets());
    const answer = errorOf(ask(requests));
    requests.offline(new Error("cut"));
    expect(await answer).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
    expect(requests.pending).toBe(0);
  });

  it("an idempotent request is sent again under the same key and a new sequence", async () => {
    const requests = new Requests(unlimited);
    const links = [new SentPackets(), new SentPackets()] as const;
    requests.online(links[0]);
    const answer = ask(requests, { idempotencyKey: "k1" });
    requests.offline(new Error("cut"));
    requests.online(links[1]);
    const [packets, again] = [links[0].packets, links[1].packets];
    expect([...packets, ...again].map((packet) => getMetaString(packet, extensionMetaKeys.idempotencyKey))).toEqual([
      "k1",
      "k1",
    ]);
    expect(again[0]!.sequence).not.toBe(packets[0]!.sequence);
    requests.answered(createResponse(again[0]!));
    expect((await answer).command).toBe("a.b");
    expect(requests.pending).toBe(0);
  });

  it("a request with a key fails when the connection is lost, and is sent without its key, if the server does not know keys", async () => {
    const requests = new Requests(unlimited);
    const connection = new SentPackets({ supportsIdempotency: false });
    requests.online(connection);
    const answer = errorOf(ask(requests, { idempotencyKey: "k1" }));
    expect(connection.packets[0]!.meta).toEqual([]);
    requests.offline(new Error("cut"));
    expect(requests.pending).toBe(0);
    expect(await answer).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
  });

  it("it is not, if only the next server supports keys: that server cannot know that it was sent before", async () => {
    const requests = new Requests(unlimited);
    const next = new SentPackets();
    requests.online(new SentPackets({ supportsIdempotency: false }));
    const answer = codeOf(ask(requests, { idempotencyKey: "k1" }));
    requests.offline(new Error("cut"));
    requests.online(next);
    expect(next.packets).toEqual([]);
    expect(await answer).toBe("IM_ERR_UNANSWERED");
  });

  it("it is not, where only the first server knew keys", async () => {
    const requests = new Requests(unlimited);
    const next = new SentPackets({ supportsIdempotency: false });
    requests.online(new SentPackets());
    const answer = codeOf(ask(requests, { idempotencyKey: "k1" }));
    requests.offline(new Error("cut"));
    requests.online(next);
    expect(next.packets).toEqual([]);
    expect(await answer).toBe("IM_ERR_UNANSWERED");
  });

  it("it may have been delivered, even if it cannot be sent again", async () => {
    const requests = new Requests(unlimited);
    requests.online(new SentPackets());
    const answer = errorOf(ask(requests, { idempotencyKey: "k1" }));
    requests.offline(new Error("cut"));
    const full = new TransportError("IM_ERR_QUEUE_FULL", "no room");
    const connection = new SentPackets();
    connection.send = () => {
      throw full;
    };
    requests.online(connection);
    expect(await answer).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown", cause: full });
    expect(requests.pending).toBe(0);
  });
});

describe("while there is no connection", () => {
  it("requests fail, and have certainly not been delivered", async () => {
    expect(await errorOf(ask(new Requests(unlimited)))).toMatchObject({ code: "IM_ERR_OFFLINE", delivery: "none" });
  });

  it("with an offline queue they wait, are sent in order, and no more than allowed", async () => {
    const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 2, maxAgeMs: 1_000 } });
    const answers = [ask(requests), ask(requests)];
    expect(await codeOf(ask(requests))).toBe("IM_ERR_OFFLINE");
    const connection = new SentPackets();
    requests.online(connection);
    expect(connection.sequences).toEqual([1, 2]);
    for (const packet of connection.packets) requests.answered(createResponse(packet));
    await Promise.all(answers);
  });

  it("they wait no longer than the age limit, which ends once they are sent", async () => {
    vi.useFakeTimers();
    try {
      const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 2, maxAgeMs: 100 } });
      const old = errorOf(ask(requests));
      await vi.advanceTimersByTimeAsync(60);
      const young = codeOf(ask(requests));
      await vi.advanceTimersByTimeAsync(60);
      expect(await old).toMatchObject({ code: "IM_ERR_OFFLINE", delivery: "none" });
      requests.online(new SentPackets());
      await vi.advanceTimersByTimeAsync(900);
      expect(requests.pending).toBe(1);
      await vi.advanceTimersByTimeAsync(100);
      expect(await young).toBe("IM_ERR_REQUEST_TIMEOUT");
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("at the end they fail, and nothing is left", async () => {
    const requests = new Requests({ ...unlimited, offlineQueue: { maxRequests: 2, maxAgeMs: 100 } });
    const answer = errorOf(ask(requests));
    requests.end(new Error("closed"));
    expect(await answer).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", delivery: "none" });
    expect(requests.pending).toBe(0);
  });
});
