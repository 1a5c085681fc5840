import { type CloseInfo, OpCode } from "@im/transport-core";
import { encodeClosePayload } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { openConn } from "./support/conns.js";
import { bytes } from "./support/fake-driver.js";
import { codeOf, within } from "./support/waiting.js";

const clean: CloseInfo = { code: 1000, reason: "", clean: true };

describe("closing a connection", () => {
  it("sends what is queued, then Close, and resolves when the socket is closed", async () => {
    const { conn, driver } = openConn();
    conn.writeFrame(OpCode.Binary, bytes("last words"));
    let isClosed = false;
    const closing = conn.close(4000, "done").then(() => {
      isClosed = true;
    });
    await Promise.resolve();
    expect(driver.sent).toEqual(["last words"]);
    expect(driver.calls).toEqual(["close 4000 done"]);
    expect(isClosed, "resolved before the socket was closed").toBe(false);
    driver.end(clean);
    await within(closing, "the end of close");
    expect(await conn.closed).toMatchObject({ code: 4000, reason: "done", clean: true });
  });

  it("is 1000 without a reason if nothing else is said", () => {
    const { conn, driver } = openConn();
    void conn.close();
    expect(driver.calls).toEqual(["close 1000"]);
  });

  it("later calls join the first, whatever they say", async () => {
    const { conn, driver } = openConn();
    const closing = [conn.close(4000, "first"), conn.close(4001, "second"), conn[Symbol.asyncDispose]()];
    driver.end(clean);
    await within(Promise.all(closing), "the end of all calls");
    expect(driver.calls).toEqual(["close 4000 first"]);
    await within(conn.close(), "a close after the end");
    expect(await conn.closed).toMatchObject({ code: 4000, reason: "first" });
  });

  it.each([0, 1004, 1005, 1006, 1015, 2999, 5000, Number.NaN])("refuses code %d and stays open", async (code) => {
    const { conn, driver } = openConn();
    expect(await codeOf(conn.close(code))).toBe("IM_ERR_INVALID_FRAME");
    expect(driver.calls).toEqual([]);
    conn.writeFrame(OpCode.Binary, bytes("still open"));
  });

  it("cuts the reason to 123 bytes, also in what is reported", async () => {
    const { conn, driver } = openConn();
    void conn.close(1000, "漢".repeat(100));
    driver.end(clean);
    expect((await conn.closed).reason).toBe("漢".repeat(41));
  });

  it("lets a paused peer go on, so that its Close is seen", () => {
    const { conn, driver } = openConn();
    conn.pauseReading();
    void conn.close();
    expect(driver.calls).toEqual(["pause", "close 1000", "resume"]);
    conn.pauseReading();
    expect(driver.calls, "a pause while closing").toHaveLength(3);
  });

  it("frames that come after our Close mean nothing", async () => {
    const { conn, driver } = openConn();
    void conn.close();
    driver.receive("too late");
    driver.end(clean);
    expect(await codeOf(conn.readFrame())).toBe("IM_ERR_CLOSED");
  });

  it("is clean once both sides have said Close", async () => {
    const { conn, driver } = openConn();
    void conn.close(1001, "going");
    driver.receive(encodeClosePayload(1001, ""), OpCode.Close);
    driver.end();
    expect(await conn.closed).toEqual({ code: 1001, reason: "going", clean: true });
  });
});

describe("a peer that closes", () => {
  it("gets its code back, and its code and reason are reported", async () => {
    const { conn, driver } = openConn();
    driver.receive(encodeClosePayload(4321, "my reason"), OpCode.Close);
    expect(driver.calls).toEqual(["close 4321 my reason"]);
    driver.end();
    expect(await conn.closed).toEqual({ code: 4321, reason: "my reason", clean: true });
  });

  it("without a code means 1005, and is answered without one", async () => {
    const { conn, driver } = openConn();
    driver.receive("", OpCode.Close);
    expect(driver.calls).toEqual(["close 1005"]);
    driver.end();
    expect(await conn.closed).toEqual({ code: 1005, reason: "", clean: true });
  });

  it("twice is as good as once", async () => {
    const { conn, driver } = openConn();
    driver.receive(encodeClosePayload(1000, "first"), OpCode.Close);
    driver.receive(encodeClosePayload(1001, "second"), OpCode.Close);
    driver.end();
    expect(await conn.closed).toEqual({ code: 1000, reason: "first", clean: true });
  });

  it("without a Close is reported as 1006, with the system's error", async () => {
    const { conn, driver } = openConn();
    driver.end({ code: 1006, reason: "reset", clean: false });
    expect(await conn.closed).toEqual({ code: 1006, reason: "reset", clean: false });
  });
});

describe("destroying a connection", () => {
  it("closes the socket at once, and tells 1006", async () => {
    const { conn, driver } = openConn();
    conn.destroy();
    expect(driver.calls).toEqual(["destroy"]);
    expect(await within(conn.closed, "the end")).toEqual({ code: 1006, reason: "destroyed", clean: false });
  });

  it("is harmless when it is closed", () => {
    const { conn, driver } = openConn();
    driver.end();
    conn.destroy();
    expect(driver.calls).toEqual([]);
  });

  it("cuts a close short that the peer does not answer; what close sent is reported", async () => {
    const { conn } = openConn();
    const closing = conn.close(4000, "patience");
    conn.destroy();
    await within(closing, "the end of close");
    expect(await conn.closed).toEqual({ code: 4000, reason: "patience", clean: false });
  });

  it("a second end of the driver is not told", async () => {
    const { conn, driver } = openConn();
    const ends: number[] = [];
    conn.readFrames({ frame: () => {}, end: ({ code }) => ends.push(code) });
    driver.end({ code: 1006, reason: "", clean: false });
    driver.end({ code: 1001, reason: "", clean: true });
    expect(ends).toEqual([1006]);
    expect((await conn.closed).code).toBe(1006);
  });
});

describe("a peer that breaks the protocol", () => {
  it.each([
    ["an unknown opcode", "x", 0x3],
    ["another unknown opcode", "x", 0xb],
    ["a Ping over 125 bytes", "x".repeat(126), OpCode.Ping],
    ["a Close of one byte", "x", OpCode.Close],
    ["a Close over 125 bytes", `\u0003${"x".repeat(130)}`, OpCode.Close],
  ])("with %s is closed with 1002", async (_, payload, opCode) => {
    const { conn, driver } = openConn();
    driver.receive(payload, opCode);
    expect(driver.calls[0]).toMatch(/^close 1002 /);
    driver.end();
    expect(await conn.closed).toMatchObject({ code: 1002, clean: false, error: { code: "IM_ERR_PROTOCOL" } });
  });

  it("with too much is closed with 1009", async () => {
    const { conn, driver } = openConn();
    driver.sink.violation(1009, "payload of 9 bytes");
    driver.end();
    const expected = { code: 1009, reason: "payload of 9 bytes", error: { code: "IM_ERR_PAYLOAD_TOO_LARGE" } };
    expect(await conn.closed).toMatchObject(expected);
  });

  it("twice, or after the Close, is reported once", async () => {
    const { conn, driver } = openConn();
    driver.sink.violation(1002, "first");
    driver.sink.violation(1002, "second");
    driver.receive("x", 0x3);
    driver.end();
    expect(driver.calls).toEqual(["close 1002 first"]);
    expect((await conn.closed).reason).toBe("first");
  });

  it("did not end in order, even if its socket did", async () => {
    const { conn, driver } = openConn();
    driver.receive("x", 0x3);
    driver.end({ code: 1006, reason: "", clean: true });
    expect((await conn.closed).clean).toBe(false);
  });

  it("loses none of the frames before", async () => {
    const { conn, driver } = openConn();
    driver.receive("fine");
    driver.receive("x", 0x7);
    driver.end();
    expect((await conn.readFrame()).payload).toEqual(bytes("fine"));
    expect(await codeOf(conn.readFrame())).toBe("IM_ERR_CLOSED");
  });
});

it("a driver may report frames and the end from within start", async () => {
  const { conn } = openConn(
    {},
    {
      onStart: (sink) => {
        sink.frame(OpCode.Text, bytes("at once"));
        sink.end({ code: 1006, reason: "gone", clean: false });
      },
    },
  );
  expect(await conn.readFrame()).toEqual({ opCode: OpCode.Text, payload: bytes("at once") });
  expect((await conn.closed).reason).toBe("gone");
});

it("addresses, canPing and the limit are those of the driver and the options", () => {
  const { conn, driver } = openConn({ maxPayloadBytes: 77 });
  expect([conn.localAddress, conn.remoteAddress]).toEqual([driver.localAddress, driver.remoteAddress]);
  expect([conn.canPing, driver.sink.maxPayloadBytes]).toEqual([true, 77]);
});
