import { type AcceptOptions, OpCode, TransportError } from "@im/transport-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DEADLINE_TICK_MS } from "../src/deadline/deadline-wheel.js";
import { bytes, FakeDriver, text } from "./support/fake-driver.js";
import { useFakeTime } from "./support/fake-time.js";
import { firstFrameIsId, manualAcceptor, soon, startServer } from "./support/servers.js";
import { endOfTurn } from "./support/waiting.js";

afterEach(() => {
  vi.useRealTimers();
});
const fakeTime = () => useFakeTime();
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("login", () => {
  it("without an Acceptor lets every client in, each under an id of its own", async () => {
    const { listener, received } = await startServer();
    for (const driver of [listener.connect(), listener.connect()]) driver.receive("hello");
    expect(received.map((line) => line.replace(/^[\w-]{22}:/, "id:"))).toEqual(["id: hello", "id: hello"]);
    expect(new Set(received).size).toBe(2);
  });

  it("reads and writes frames; what it does not read goes to the listener", async () => {
    const { listener, received } = await startServer({
      acceptor: {
        async accept(conn) {
          const { payload } = await conn.readFrame();
          conn.writeFrame(OpCode.Binary, bytes("welcome"));
          conn.flush();
          return text(payload);
        },
      },
    });
    const driver = listener.connect();
    driver.receive("alice");
    driver.receive("glued to the login");
    await endOfTurn();
    expect(driver.sent).toEqual(["welcome"]);
    expect(received).toEqual(["alice: glued to the login"]);
  });

  it("gets no request and no TLS of a transport without a handshake", async () => {
    const accept = vi.fn((_conn: unknown, { handshake }: AcceptOptions) => JSON.stringify(handshake));
    const { listener } = await startServer({ acceptor: { accept } });
    listener.connect();
    await endOfTurn();
    expect(accept.mock.results).toEqual([{ type: "return", value: "{}" }]);
  });

  it("gives meta to the application", async () => {
    const metas: unknown[] = [];
    const { listener } = await startServer({
      acceptor: { accept: () => ({ id: "alice", meta: { device: "phone" } }) },
      messageListener: { receive: (agent) => void metas.push(agent.meta) },
    });
    const driver = listener.connect();
    await endOfTurn();
    driver.receive("x");
    expect(metas).toEqual([{ device: "phone" }]);
  });

  it("a throw closes the connection with words that the peer can read, after what was written", async () => {
    const { listener, errors, left } = await startServer({
      acceptor: {
        accept(conn) {
          conn.writeFrame(OpCode.Binary, bytes("status 401"));
          throw new TransportError("IM_ERR_LOGIN_REFUSED", "no such user", { closeCode: 4001 });
        },
      },
    });
    const driver = listener.connect();
    await endOfTurn();
    expect(driver.sent).toEqual(["status 401"]);
    expect(driver.calls).toEqual(["close 4001 no such user"]);
    expect(errors).toMatchObject([{ code: "IM_ERR_LOGIN_REFUSED", during: "accept" }]);
    expect(left, "disconnect of who was never accepted").toEqual([]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a rejection", () => Promise.reject(new Error("not today")), /^close 1008 not today$/],
    ["a close code that may not be sent", () => Promise.reject({ closeCode: 1006 }), /^close 1008 /],
    ["text", () => Promise.reject("just text"), /^close 1008 just text$/],
    ["null", () => Promise.reject(null), /^close 1008/],
    ["an object that is no text", () => Promise.reject(Object.create(null)), /^close 1008/],
    [
      "an error whose message is none",
      () => Promise.reject(Object.assign(new Error(), { message: {} })),
      /^close 1008/,
    ],
  ])("%s is a refusal, too", async (_, accept, expected) => {
    const { listener } = await startServer({ acceptor: { accept: accept as () => string } });
    const driver = listener.connect();
    await endOfTurn();
    expect(driver.calls[0]).toMatch(expected);
  });

  it.each<[string, unknown]>([
    ["an empty id", ""],
    ["an empty id with meta", { id: "", meta: {} }],
    ["a number", { id: 5 }],
    ["nothing", undefined],
    ["null", null],
  ])("fault 13: %s is refused", async (_, accepted) => {
    const { listener, errors, received } = await startServer({ acceptor: { accept: () => accepted as string } });
    const driver = listener.connect();
    await endOfTurn();
    driver.receive("x");
    expect(errors.map(({ code }) => code)).toEqual(["IM_ERR_EMPTY_ID"]);
    expect(driver.calls[0]).toMatch(/^close 1011 /);
    expect(received).toEqual([]);
  });

  it("deadlines that the login set do not stay", async () => {
    fakeTime();
    const { listener } = await startServer({
      acceptor: {
        accept(conn) {
          conn.setReadDeadline(performance.now() + 500);
          conn.setWriteDeadline(performance.now() + 500);
          return "alice";
        },
      },
      messageListener: { receive: (agent) => void agent.push(bytes("answer")) },
    });
    const driver = listener.connect();
    await pass(2_000);
    expect(driver.calls, "after the login's deadlines").toEqual([]);
    driver.isBlocked = true;
    driver.receive("x");
    await endOfTurn();
    await pass(2_000);
    expect(driver.calls, "a slow write after the login's write deadline").toEqual([]);
  });

  it("a login that leaves a read behind is refused, and harms no other", async () => {
    const { server, listener, errors, left } = await startServer({
      acceptor: {
        accept(conn) {
          conn.readFrame().catch(() => {});
          return "alice";
        },
      },
    });
    const driver = listener.connect();
    await endOfTurn();
    expect(errors).toMatchObject([{ code: "IM_ERR_READ_CONFLICT" }]);
    expect(driver.calls[0]).toMatch(/^close 1011/);
    expect(
      left.map(({ id }) => id),
      "disconnects",
    ).toEqual(["alice"]);
    expect(() => server.push("alice", bytes("x"))).toThrow(expect.objectContaining({ code: "IM_ERR_UNKNOWN_CHANNEL" }));
  });
});

describe("the login wait", () => {
  it("is shared by handshake and login", async () => {
    fakeTime();
    const acceptor = manualAcceptor();
    const { listener, errors } = await startServer({ acceptor, loginWaitMs: 1_000 });
    const { handshake } = listener.accept()!;
    await pass(600);
    const driver = new FakeDriver({ peerCloses: true });
    handshake.done(driver);
    expect(acceptor.timeouts).toEqual([400]);
    await pass(399);
    expect(driver.calls).toEqual([]);
    await pass(1 + DEADLINE_TICK_MS);
    expect(driver.calls).toEqual(["close 1008 login took longer than the login wait"]);
    expect(errors).toMatchObject([{ code: "IM_ERR_LOGIN_TIMEOUT", during: "accept" }]);
  });

  it("destroys a socket whose handshake takes longer", async () => {
    fakeTime();
    const { listener } = await startServer({ loginWaitMs: 1_000 });
    const pending = listener.accept()!;
    await pass(999);
    expect(pending.destroyed()).toBe(false);
    await pass(1 + DEADLINE_TICK_MS);
    expect(pending.destroyed()).toBe(true);
  });

  it("a handshake that is done after it was given up is destroyed, not let in", async () => {
    fakeTime();
    const { listener, received, left } = await startServer({ loginWaitMs: 1_000 });
    const pending = listener.accept()!;
    await pass(1_000 + DEADLINE_TICK_MS);
    const driver = new FakeDriver();
    pending.handshake.done(driver);
    driver.receive("let me in");
    await pass(0);
    expect(driver.calls).toEqual(["destroy"]);
    expect([received, left]).toEqual([[], []]);
  });

  it("does not count once the login is done", async () => {
    fakeTime();
    const { listener } = await startServer({ acceptor: { accept: () => "alice" }, loginWaitMs: 1_000 });
    const driver = listener.connect();
    await pass(5_000);
    expect(driver.calls).toEqual([]);
  });

  it("a socket that left during the handshake leaves nothing behind", async () => {
    fakeTime();
    const { listener } = await startServer({ loginWaitMs: 1_000 });
    const pending = listener.accept()!;
    pending.handshake.failed();
    expect(vi.getTimerCount()).toBe(0);
    await pass(5_000);
    expect(pending.destroyed()).toBe(false);
  });

  it("aborts the Acceptor's signal, and ignores what it gives afterwards", async () => {
    fakeTime();
    const acceptor = manualAcceptor();
    const { listener, left } = await startServer({ acceptor, loginWaitMs: 1_000 });
    const driver = listener.connect();
    await pass(1_000 + DEADLINE_TICK_MS);
    expect(acceptor.signals[0]!.reason).toMatchObject({ code: "IM_ERR_LOGIN_TIMEOUT" });
    acceptor.logins[0]!.resolve("too late");
    await pass(0);
    expect(driver.calls).toHaveLength(1);
    expect(left).toEqual([]);
  });

  it("an Acceptor that rejects after the abort is no unhandled rejection", async () => {
    fakeTime();
    const acceptor = manualAcceptor();
    const { listener } = await startServer({ acceptor, loginWaitMs: 1_000 });
    listener.connect();
    await pass(1_000 + DEADLINE_TICK_MS);
    acceptor.logins[0]!.reject(new Error("too late"));
    await endOfTurn();
  });
});

describe("a peer that leaves during login", () => {
  it("aborts the signal, and was never accepted", async () => {
    const acceptor = manualAcceptor();
    const { listener, left, errors } = await startServer({ acceptor });
    const driver = listener.connect();
    driver.end();
    await endOfTurn();
    expect(acceptor.signals[0]!.reason).toMatchObject({ code: "IM_ERR_CLOSED" });
    acceptor.logins[0]!.resolve("ghost");
    await endOfTurn();
    expect(left).toEqual([]);
    expect(errors).toMatchObject([{ code: "IM_ERR_CLOSED", during: "accept" }]);
  });
});

describe("the id", () => {
  it("fault 12: of two with the same id, however close, the first stays and the pending is closed", async () => {
    const acceptor = manualAcceptor();
    const { server, listener, left } = await startServer({ acceptor });
    const [first, second] = [listener.connect(), listener.connect()];
    acceptor.logins[0]!.resolve("alice");
    acceptor.logins[1]!.resolve("alice");
    await endOfTurn();
    expect(first.calls).toEqual([]);
    expect(second.calls).toEqual(["close 1008 channel id is repeated"]);
    server.push("alice", bytes("for the first"));
    await endOfTurn();
    expect(first.sent).toEqual(["for the first"]);
    expect(left, "disconnect of who was never accepted").toEqual([]);
  });

  it("can be taken again after its channel has left", async () => {
    const { listener, left, received } = await startServer({ acceptor: firstFrameIsId });
    const first = listener.connect();
    first.receive("alice");
    await endOfTurn();
    first.end();
    await endOfTurn();
    const second = listener.connect();
    second.receive("alice");
    second.receive("again");
    await endOfTurn();
    expect(left.map(({ id }) => id)).toEqual(["alice"]);
    expect(received).toEqual(["alice: again"]);
  });

  it("many logins at a time do not disturb each other", async () => {
    const { server, listener } = await startServer({ acceptor: firstFrameIsId });
    const drivers = Array.from({ length: 100 }, () => listener.connect());
    for (const [i, driver] of [...drivers.entries()].reverse()) driver.receive(`user ${i}`);
    await endOfTurn();
    for (const i of drivers.keys()) server.push(`user ${i}`, bytes(`for ${i}`));
    await endOfTurn();
    expect(drivers.map(({ sent }) => sent[0])).toEqual(drivers.map((_, i) => `for ${i}`));
  });
});

it("a listener that could not accept is reported, and goes on", async () => {
  const { server, listener, errors } = await startServer();
  listener.sink.failed(new Error("EMFILE"));
  expect(errors).toEqual([{ code: "Error: EMFILE", during: "listen" }]);
  listener.connect();
  await soon(server.shutdown(), "the shutdown");
});
