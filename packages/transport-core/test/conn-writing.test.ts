import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { openConn } from "./support/conns.js";
import { bytes, encoded, text } from "./support/fake-driver.js";
import { codeOf, endOfTurn, within } from "./support/waiting.js";

const limits = { highWaterMarkBytes: 10, maxQueuedBytes: 30 };

describe("writing frames", () => {
  it("queues, and sends nothing before flush; then all in one write", () => {
    const { conn, driver } = openConn();
    expect(conn.writeFrame(OpCode.Binary, bytes("a"))).toBe(true);
    conn.writeFrame(OpCode.Text, bytes("b"));
    expect(driver.writes).toEqual([]);
    expect(conn.queuedBytes).toBe(2);
    expect(conn.flush()).toBe(true);
    expect(driver.writes).toEqual([
      [
        { opCode: OpCode.Binary, payload: bytes("a") },
        { opCode: OpCode.Text, payload: bytes("b") },
      ],
    ]);
    expect(conn.queuedBytes).toBe(0);
  });

  it("refuses a Close frame: that is what close is for", async () => {
    const { conn, driver } = openConn();
    expect(await codeOf(() => conn.writeFrame(OpCode.Close, bytes("")))).toBe("IM_ERR_INVALID_FRAME");
    expect(driver.encoded).toBe(0);
  });

  it.each([OpCode.Ping, OpCode.Pong])("refuses more than 125 bytes for control opcode %d", async (opCode) => {
    const { conn } = openConn();
    expect(conn.writeFrame(opCode, new Uint8Array(125))).toBe(true);
    expect(await codeOf(() => conn.writeFrame(opCode, new Uint8Array(126)))).toBe("IM_ERR_INVALID_FRAME");
  });

  it("refuses a payload beyond the limit, and goes on", async () => {
    const { conn, driver } = openConn({ maxPayloadBytes: 4 });
    expect(await codeOf(() => conn.writeFrame(OpCode.Binary, bytes("12345")))).toBe("IM_ERR_PAYLOAD_TOO_LARGE");
    conn.writeFrame(OpCode.Binary, bytes("1234"));
    conn.flush();
    expect(driver.sent).toEqual(["1234"]);
  });

  it("throws once the connection is closing, with the reason", async () => {
    const { conn } = openConn();
    void conn.close(4000, "done");
    expect(await codeOf(() => conn.writeFrame(OpCode.Binary, bytes("late")))).toBe("IM_ERR_CLOSED");
    expect(() => conn.writeFrame(OpCode.Binary, bytes("late"))).toThrow("4000: done");
  });

  it("flush on a closed connection does nothing", () => {
    const { conn, driver } = openConn();
    driver.end();
    expect(conn.flush()).toBe(true);
    expect(driver.writes).toEqual([]);
  });

  it("a frame that is encoded already goes out as it is, or encoded again where the driver cannot share", () => {
    const payload = bytes("shared");
    for (const encodes of [true, false]) {
      const { conn, driver } = openConn({}, { encodes });
      conn.writeFrame(OpCode.Binary, payload, encoded(OpCode.Binary, payload));
      conn.flush();
      expect(driver.sent).toEqual(["shared"]);
      expect(driver.encoded).toBe(encodes ? 0 : 1);
    }
  });

  it("a frame that is encoded already has the same limits", async () => {
    const { conn } = openConn({ maxPayloadBytes: 4 }, { encodes: true });
    const write = (word: string) => conn.writeFrame(OpCode.Binary, bytes(word), encoded(2, bytes(word)));
    expect(await codeOf(() => write("12345"))).toBe("IM_ERR_PAYLOAD_TOO_LARGE");
    void conn.close();
    expect(await codeOf(() => write("1"))).toBe("IM_ERR_CLOSED");
  });
});

describe("a peer that does not read", () => {
  it("above the high-water mark write returns false, and queues all the same", () => {
    const { conn, driver } = openConn(limits);
    expect(conn.writeFrame(OpCode.Binary, bytes("0123456789"))).toBe(true);
    expect(conn.writeFrame(OpCode.Binary, bytes("x"))).toBe(false);
    conn.flush();
    expect(driver.sent).toEqual(["0123456789", "x"]);
  });

  it("what is written while the system takes nothing follows by itself, in order", () => {
    const { conn, driver } = openConn();
    driver.isBlocked = true;
    for (const word of ["1", "2", "3"]) {
      conn.writeFrame(OpCode.Binary, bytes(word));
      expect(conn.flush()).toBe(false);
    }
    expect(driver.sent, "a second write while the first is under way").toEqual(["1"]);
    driver.drain();
    expect(driver.sent).toEqual(["1", "2", "3"]);
    expect(driver.writes.length, "2 and 3 leave together").toBe(2);
  });

  it("fault 2: a queue beyond the hard limit throws and closes the connection with 1008", async () => {
    const { conn, driver } = openConn(limits);
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, new Uint8Array(30));
    expect(await codeOf(() => conn.writeFrame(OpCode.Binary, bytes("x")))).toBe("IM_ERR_QUEUE_FULL");
    expect(driver.calls).toEqual(["close 1008 write queue is full", "destroy"]);
    const info = await within(conn.closed, "the end of the connection");
    expect(info).toMatchObject({ code: 1008, clean: false, error: { code: "IM_ERR_QUEUE_FULL" } });
  });

  it("a burst beyond the hard limit that the system takes is no backlog", () => {
    const { conn, driver } = openConn(limits);
    for (let i = 0; i < 10; i++) expect(conn.writeFrame(OpCode.Binary, bytes("0123456789"))).toBeTypeOf("boolean");
    conn.flush();
    expect(driver.sent).toHaveLength(10);
    expect(driver.calls).toEqual([]);
  });
});

describe("drained", () => {
  /** Blocks the system with more than the high-water mark queued. */
  function blocked() {
    const { conn, driver } = openConn({ highWaterMarkBytes: 10 });
    driver.isBlocked = true;
    conn.writeFrame(OpCode.Binary, new Uint8Array(20));
    conn.flush();
    return { conn, driver };
  }

  it("resolves at once at or below the mark", async () => {
    const { conn } = openConn(limits);
    conn.writeFrame(OpCode.Binary, bytes("0123456789"));
    await within(conn.drained(), "drained");
  });

  it("flushes by itself", async () => {
    const { conn, driver } = openConn(limits);
    conn.writeFrame(OpCode.Binary, new Uint8Array(20));
    await within(conn.drained(), "drained");
    expect(driver.writes).toHaveLength(1);
  });

  it("resolves for all callers once the system has taken the rest", async () => {
    const { conn, driver } = blocked();
    const waiting = [conn.drained(), conn.drained()];
    driver.drain();
    await within(Promise.all(waiting), "drained");
  });

  it("waits on while what was written meanwhile is above the mark, too", async () => {
    const { conn, driver } = blocked();
    let isDrained = false;
    const waiting = conn.drained().then(() => {
      isDrained = true;
    });
    conn.writeFrame(OpCode.Binary, new Uint8Array(11));
    driver.drain({ blocksAgain: true });
    await endOfTurn();
    expect(isDrained, "drained with 11 bytes queued, of 10").toBe(false);
    driver.drain();
    await within(waiting, "drained");
  });

  it("resolves also if the last of it leaves with a flush that the system takes at once", async () => {
    const { conn, driver } = blocked();
    const waiting = conn.drained();
    conn.writeFrame(OpCode.Binary, new Uint8Array(11));
    driver.drain({ blocksAgain: true });
    conn.writeFrame(OpCode.Binary, new Uint8Array(11));
    driver.drain();
    conn.flush();
    expect(conn.queuedBytes).toBe(0);
    await within(waiting, "drained, though nothing is queued", 1_000);
  });

  it("can be given up by a signal", async () => {
    const { conn } = blocked();
    const controller = new AbortController();
    const waiting = conn.drained({ signal: controller.signal });
    controller.abort(new Error("given up"));
    expect(await codeOf(waiting)).toBe("Error: given up");
  });

  it("rejects when the connection ends, and afterwards", async () => {
    const { conn, driver } = blocked();
    const waiting = conn.drained();
    driver.end();
    expect(await codeOf(waiting)).toBe("IM_ERR_CLOSED");
    expect(await codeOf(conn.drained())).toBe("IM_ERR_CLOSED");
  });
});

it("a payload is not copied by the Conn", () => {
  const { conn, driver } = openConn();
  const payload = bytes("mine");
  conn.writeFrame(OpCode.Binary, payload);
  conn.flush();
  expect(driver.writes[0]![0]!.payload).toBe(payload);
  expect(text(payload)).toBe("mine");
});
