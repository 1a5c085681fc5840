import { OpCode, TransportError } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import type { WriteObserver } from "../src/conn/write-observer.js";
import { openConn } from "./support/conns.js";
import { bytes, encoded } from "./support/fake-driver.js";
import { codeOf } from "./support/waiting.js";

const LIMITS = { highWaterMarkBytes: 20, maxQueuedBytes: 40 };

/** A connection whose system takes nothing, with one message of ten bytes that was flushed. */
function blockedConn(overflowPolicy: "drop-newest" | "drop-oldest") {
  const { conn, driver } = openConn({ ...LIMITS, overflowPolicy }, { encodes: true });
  const events: string[] = [];
  const observer: WriteObserver = {
    sent: () => {},
    blocked: (queuedBytes) => events.push(`blocked ${queuedBytes}`),
    written: (_latencyMs, queuedBytes) => events.push(`written ${queuedBytes}`),
    dropped: (why, payloadBytes) => events.push(`${why} ${payloadBytes}`),
  };
  driver.isBlocked = true;
  push(conn, "message 00");
  conn.flush();
  conn.observer = observer;
  return { conn, driver, events };
}

/** As `blockedConn`, but nobody observes what is dropped. Who asks for its queue without end learns it. */
function unobservedConn(overflowPolicy: "drop-newest" | "drop-oldest") {
  const { conn, driver } = blockedConn(overflowPolicy);
  conn.observer = undefined;
  let looks = 0;
  const queued = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(driver), "queuedBytes")!;
  Object.defineProperty(driver, "queuedBytes", {
    get() {
      if (++looks > 10_000) throw new Error("the queue is looked at without end");
      return queued.get!.call(driver);
    },
  });
  return { conn, driver };
}

function push(conn: ReturnType<typeof openConn>["conn"], text: string): boolean {
  return conn.writeFrame(OpCode.Binary, bytes(text));
}

describe("drop-newest", () => {
  it("throws IM_ERR_QUEUE_FULL for a message without room, queues the others, and the connection goes on", async () => {
    const { conn, driver, events } = blockedConn("drop-newest");
    expect(push(conn, "message 01")).toBe(true);
    expect(push(conn, "message 02"), "above the high-water mark").toBe(false);
    push(conn, "message 03");
    expect(await codeOf(() => push(conn, "message 04"))).toBe("IM_ERR_QUEUE_FULL");
    expect(conn.queuedBytes).toBe(40);
    driver.drain();
    push(conn, "message 05");
    conn.flush();
    expect(driver.sent).toEqual(["message 00", "message 01", "message 02", "message 03", "message 05"]);
    expect(driver.calls).toEqual([]);
    expect(events.filter((event) => event.startsWith("overflow"))).toEqual(["overflow-newest 10"]);
  });

  it("takes a burst that the system takes", () => {
    const { conn, driver } = openConn({ ...LIMITS, overflowPolicy: "drop-newest" });
    for (let i = 10; i < 30; i++) push(conn, `message ${i}`);
    conn.flush();
    expect(driver.sent.length).toBe(20);
  });

  it("lets a message that is larger than the limit go alone", async () => {
    const { conn, driver } = openConn({ ...LIMITS, overflowPolicy: "drop-newest" });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, new Uint8Array(100));
    expect(driver.writes.length, "writes").toBe(1);
    expect(await codeOf(() => push(conn, "x"))).toBe("IM_ERR_QUEUE_FULL");
    expect(driver.calls).toEqual([]);
  });

  it("does not drop control frames", () => {
    const { conn, driver } = blockedConn("drop-newest");
    for (const message of ["message 01", "message 02", "message 03"]) push(conn, message);
    conn.writeFrame(OpCode.Pong, bytes("pong"));
    driver.drain();
    conn.flush();
    expect(driver.sent.at(-1)).toBe("pong");
  });

  it("holds for frames that are encoded once for all", async () => {
    const { conn } = blockedConn("drop-newest");
    const payload = new Uint8Array(31);
    const frame = encoded(OpCode.Binary, payload);
    expect(await codeOf(() => conn.writeFrame(OpCode.Binary, payload, frame))).toBe("IM_ERR_QUEUE_FULL");
  });
});

describe("drop-oldest", () => {
  it("gives up the oldest that the system has not been given, tells of each, and sends the rest in order", () => {
    const { conn, driver, events } = blockedConn("drop-oldest");
    for (let i = 10; i < 20; i++) push(conn, `message ${i}`);
    expect(conn.queuedBytes).toBe(40);
    expect(events).toEqual(Array.from({ length: 7 }, () => "overflow-oldest 10"));
    conn.flush();
    driver.drain();
    expect(driver.sent).toEqual(["message 00", "message 17", "message 18", "message 19"]);
    expect(driver.calls).toEqual([]);
  });

  it("keeps the order when the system takes all again before what was held is flushed", () => {
    for (const second of ["written", "encoded once for all"]) {
      const { conn, driver } = blockedConn("drop-oldest");
      push(conn, "message 01");
      driver.drain();
      const payload = bytes("message 02");
      if (second === "written") push(conn, "message 02");
      else conn.writeFrame(OpCode.Binary, payload, encoded(OpCode.Binary, payload));
      conn.flush();
      expect(driver.sent, second).toEqual(["message 00", "message 01", "message 02"]);
    }
  });

  it("never drops control frames: they pass", () => {
    const { conn, driver } = blockedConn("drop-oldest");
    for (let i = 10; i < 20; i++) {
      push(conn, `message ${i}`);
      conn.writeFrame(OpCode.Pong, bytes(`p${i}`));
    }
    conn.flush();
    driver.drain();
    const pongs = driver.writes.flat().filter(({ opCode }) => opCode === OpCode.Pong);
    expect(pongs.length).toBe(10);
    expect(driver.sent.at(-1)).toBe("message 19");
  });

  it("keeps the newest, even if it is larger than the limit", () => {
    const { conn, driver } = blockedConn("drop-oldest");
    push(conn, "message 01");
    conn.writeFrame(OpCode.Binary, new Uint8Array(100));
    conn.flush();
    driver.drain();
    expect(driver.writes.flat().map(({ payload }) => payload.length)).toEqual([10, 100]);
  });

  it("sends what is kept before Close", () => {
    const { conn, driver } = blockedConn("drop-oldest");
    push(conn, "message 01");
    void conn.close(1000, "bye");
    expect(driver.sent).toEqual(["message 00", "message 01"]);
    expect(driver.calls).toEqual(["close 1000 bye"]);
  });

  it("takes part in backpressure: drained() waits for what is kept", async () => {
    const { conn, driver } = blockedConn("drop-oldest");
    push(conn, "message 01");
    expect(push(conn, "message 02"), "above the high-water mark").toBe(false);
    const drained = conn.drained();
    driver.drain();
    await drained;
    expect(conn.queuedBytes).toBe(0);
  });

  it("keeps frames that are encoded once for all in their place", () => {
    const { conn, driver } = blockedConn("drop-oldest");
    push(conn, "message 01");
    conn.writeFrame(OpCode.Binary, bytes("to all"), encoded(OpCode.Binary, bytes("to all")));
    push(conn, "message 02");
    conn.flush();
    driver.drain();
    expect(driver.sent).toEqual(["message 00", "message 01", "to all", "message 02"]);
  });

  it("drops a kept message that the transport cannot send, and sends the rest", () => {
    const { conn, driver, events } = blockedConn("drop-oldest");
    const writeFrame = driver.writeFrame.bind(driver);
    driver.writeFrame = (opCode, payload) => {
      if (opCode === OpCode.Text) throw new TransportError("IM_ERR_INVALID_FRAME", "a text is not UTF-8");
      writeFrame(opCode, payload);
    };
    conn.writeFrame(OpCode.Text, Uint8Array.of(0xff));
    push(conn, "message 01");
    driver.drain();
    conn.flush();
    expect(driver.sent).toEqual(["message 00", "message 01"]);
    expect(events).toContain("overflow-oldest 1");
  });

  it("passes no more of a burst to the system than the queue may hold, before it knows whether the system takes it", () => {
    const { conn, driver } = openConn({ ...LIMITS, overflowPolicy: "drop-oldest" });
    driver.isBlocked = true;
    for (let i = 10; i < 20; i++) push(conn, `message ${i}`);
    expect(driver.queuedBytes).toBe(40);
    driver.drain();
    conn.flush();
    expect(driver.sent).toEqual(["message 10", "message 11", "message 12", "message 13", "message 19"]);
  });

  it("drops nothing while the system accepts every write", () => {
    const { conn, driver } = openConn({ ...LIMITS, overflowPolicy: "drop-oldest" });
    for (let i = 10; i < 30; i++) push(conn, `message ${i}`);
    conn.flush();
    expect(driver.sent.length).toBe(20);
  });
});

describe("a policy without an observer", () => {
  it("drop-oldest: the oldest go all the same, and the rest is sent in order", () => {
    const { conn, driver } = unobservedConn("drop-oldest");
    for (let i = 10; i < 20; i++) push(conn, `message ${i}`);
    expect(conn.queuedBytes).toBe(40);
    driver.drain();
    conn.flush();
    expect(driver.sent).toEqual(["message 00", "message 17", "message 18", "message 19"]);
  });

  it("drop-newest: what has no room throws all the same, and the rest is sent in order", async () => {
    const { conn, driver } = unobservedConn("drop-newest");
    for (let i = 1; i < 4; i++) push(conn, `message 0${i}`);
    expect(await codeOf(() => push(conn, "message 04"))).toBe("IM_ERR_QUEUE_FULL");
    driver.drain();
    conn.flush();
    expect(driver.sent).toEqual(["message 00", "message 01", "message 02", "message 03"]);
  });
});

describe("an observer of the writes of a connection", () => {
  it("learns when the system stops taking, and when it has taken all; an empty flush is none", () => {
    const { conn, driver, events } = blockedConn("drop-newest");
    push(conn, "message 01");
    conn.flush();
    driver.drain({ blocksAgain: true });
    driver.drain();
    conn.flush();
    conn.flush();
    push(conn, "message 02");
    conn.flush();
    expect(events).toEqual(["written 10", "blocked 10", "written 0", "written 0"]);
  });
});
