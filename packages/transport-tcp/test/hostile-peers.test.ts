import { TransportError } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { loginOr } from "./support/logins.js";
import { closeFrame, frame, RawPeer } from "./support/raw-peer.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/tcp-server.js";
import { textOf } from "./support/watched-server.js";

describe("a peer that breaks the protocol is closed with the reason, and nobody else notices", () => {
  it.each([
    ["a length beyond the limit", Buffer.from("0200100001", "hex"), 1009, /1048577 bytes.*limit is 1048576/],
    ["a length of 0xffffffff", Buffer.from("02ffffffff616263", "hex"), 1009, /4294967295 bytes/],
    ["a little-endian length", Buffer.from("0203000000616263", "hex"), 1009, /50331648 bytes/],
    ["opcode 3", frame(3, "hi"), 1002, /unknown opcode 3/],
    ["opcode 7 without payload", frame(7), 1002, /unknown opcode 7/],
    ["opcode 11", frame(11, "hi"), 1002, /unknown opcode 11/],
    ["opcode 0x82, as WebSocket writes Binary", Buffer.from("820000000268690a", "hex"), 1002, /unknown opcode 130/],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: im\r\n\r\n"), 1009, /bytes/],
    ["a ping of 126 bytes", frame(9, Buffer.alloc(126)), 1002, /control frame/],
    ["a Close whose payload is one byte", frame(8, "a"), 1002, /invalid Close/],
    ["a Close without a code, only text", frame(8, "EOF"), 1002, /invalid Close/],
    ["a Close of code 1005", closeFrame(1005), 1002, /invalid Close/],
    ["a Close whose reason is no UTF-8", frame(8, Uint8Array.of(3, 0xe8, 0xff)), 1002, /invalid Close/],
  ])("%s", async (_, bytes, code, reason) => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "before"), bytes, frame(2, "after"));
    const said = await peer.close();
    expect(said.code).toBe(code);
    expect(said.reason).toMatch(reason);
    expect(await peer.ended()).toBe("end");
    peer.hangUp();
    const { id, info } = await watched.disconnects.next();
    expect({ id, code: info.code, error: info.error?.code }).toEqual({
      id: "alice",
      code,
      error: code === 1009 ? "IM_ERR_PAYLOAD_TOO_LARGE" : "IM_ERR_PROTOCOL",
    });
    expect(watched.messages.all.map(({ text }) => text)).toEqual(["before"]);
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("before its login as well", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(3, "hi"));
    expect(await peer.close()).toMatchObject({ code: 1002 });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
    expect(watched.admitted.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("and cut after the close wait if it does not hang up, flooding on or not", async () => {
    for (const floodBytes of [0, 64 * 1024]) {
      const watched = await startServer({ closeWaitMs: 200 });
      const peer = await loggedIn(watched);
      peer.send(frame(3, "hi"));
      await peer.close();
      const flood = setInterval(() => peer.send(Buffer.alloc(floodBytes)), 5);
      const { info } = await watched.disconnects.next().finally(() => clearInterval(flood));
      expect(info).toMatchObject({ code: 1002, clean: false });
      await expectToServeAGoodClient(watched);
    }
  });

  it.each([1002, 1009])("and never ends clean, even if it hangs up then (%d)", async (code) => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(code === 1002 ? frame(3, "hi") : Buffer.from("02ffffffff", "hex"));
    peer.hangUp();
    expect(await watched.disconnects.next()).toMatchObject({ info: { code, clean: false } });
  });
});

describe("a peer that is told why while it still sends a lot reads it, and no reset", () => {
  const MANY_BYTES = 32 * 1024 * 1024;
  const patient = { closeWaitMs: 60_000 };

  it.each([
    ["too much at once", Buffer.from("02ffffffff", "hex"), 1009],
    ["an unknown opcode", frame(3, "hi"), 1002],
  ])("after %s", async (_, breach, code) => {
    const watched = await startServer(patient);
    const peer = await loggedIn(watched);
    peer.send(breach);
    await peer.pourAndHangUp(MANY_BYTES);
    expect(await peer.close()).toMatchObject({ code });
    expect(await peer.ended()).toBe("end");
  });

  it("after a login that is refused", async () => {
    const watched = await startServer({ ...patient, acceptor: loginOr({ empty: () => "" }) });
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "empty"));
    await peer.pourAndHangUp(MANY_BYTES);
    expect(await peer.close()).toMatchObject({ code: 1011 });
    expect(await peer.ended()).toBe("end");
  });

  it("when the server closes it", async () => {
    const watched = await startServer(patient);
    const peer = await loggedIn(watched);
    void watched.server.closeChannel("alice", 4001, "enough");
    await peer.pourAndHangUp(MANY_BYTES);
    expect(await peer.close()).toEqual({ code: 4001, reason: "enough" });
    expect(await peer.ended()).toBe("end");
  });

  it("when it pings too much", async () => {
    const watched = await startServer(patient);
    const peer = await loggedIn(watched);
    peer.send(...Array.from({ length: 2_000 }, () => frame(9)));
    await peer.pourAndHangUp(MANY_BYTES);
    const said = (await peer.framesUntilEnd()).find(({ opCode }) => opCode === 8);
    expect(said?.payload.readUInt16BE()).toBe(1008);
    expect(await peer.ended()).toBe("end");
  });
});

describe("a peer that stops in the middle", () => {
  it.each([
    ["of a header", Buffer.from("0200", "hex")],
    ["of a payload", Buffer.from("020000000a616263", "hex")],
  ])("%s, and hangs up, is told of as 1006", async (_, bytes) => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "whole"), bytes);
    peer.hangUp();
    expect(await watched.disconnects.next()).toEqual({
      id: "alice",
      info: { code: 1006, reason: "", clean: false },
    });
    expect(watched.messages.all.map(({ text }) => text)).toEqual(["whole"]);
    await expectToServeAGoodClient(watched);
  });

  it("and stays silent is closed at the read wait", async () => {
    const watched = await startServer({ readWaitMs: 150 });
    const peer = await loggedIn(watched);
    peer.send(Buffer.from("020000000a616263", "hex"));
    expect(await peer.close()).toMatchObject({ code: 3008 });
    expect(await watched.disconnects.next()).toMatchObject({ info: { error: { code: "IM_ERR_READ_TIMEOUT" } } });
    await expectToServeAGoodClient(watched);
  });
});

describe("a login", () => {
  it("of a client that connects and says nothing ends at the login wait", async () => {
    const watched = await startServer({ loginWaitMs: 150 });
    const peer = await RawPeer.connect(watched.port);
    expect(await peer.close()).toEqual({ code: 1008, reason: "login took longer than the login wait" });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_LOGIN_TIMEOUT" } });
    expect(watched.disconnects.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("that comes one byte at a time ends at the login wait, however busy it is", async () => {
    const watched = await startServer({ loginWaitMs: 150 });
    const peer = await RawPeer.connect(watched.port);
    const drip = setInterval(() => peer.send(Uint8Array.of(0)), 20);
    peer.send(Buffer.from("020000ffff", "hex"));
    const said = await peer.close().finally(() => clearInterval(drip));
    expect(said.code).toBe(1008);
    await expectToServeAGoodClient(watched);
  });

  it("with an empty id is refused", async () => {
    const watched = await startServer({ acceptor: loginOr({ empty: () => "" }) });
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "empty"));
    expect(await peer.close()).toMatchObject({ code: 1011 });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_EMPTY_ID" } });
    expect(watched.admitted.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("with the id of somebody else is refused, and the first stays", async () => {
    const watched = await startServer();
    const first = await loggedIn(watched, "alice");
    const second = await RawPeer.connect(watched.port);
    second.send(frame(2, "alice"), frame(2, "from the second"));
    expect(await second.close()).toEqual({ code: 1008, reason: "channel id is repeated" });
    first.send(frame(2, "from the first"));
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "from the first" });
    expect(watched.disconnects.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("whose Acceptor throws is refused in the Acceptor's words", async () => {
    const refuse = () => {
      throw new TransportError("IM_ERR_LOGIN_REFUSED", "wrong password", { closeCode: 4001 });
    };
    const watched = await startServer({ acceptor: loginOr({ eve: refuse }) });
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "eve"));
    expect(await peer.close()).toEqual({ code: 4001, reason: "wrong password" });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { message: "wrong password" } });
    await expectToServeAGoodClient(watched);
  });

  it("whose Acceptor throws something that is no error is refused with 1008", async () => {
    const refuse = () => {
      throw null;
    };
    const watched = await startServer({ acceptor: loginOr({ eve: refuse }) });
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "eve"));
    expect(await peer.close()).toMatchObject({ code: 1008 });
    await expectToServeAGoodClient(watched);
  });
});

describe("a listener that throws is reported, and harms nobody", () => {
  const broken = new Error("broken on purpose");

  it.each([
    ["at once", () => throwIt(broken)],
    ["later", () => Promise.reject(broken)],
  ])("a MessageListener, %s", async (_, fail) => {
    const watched = await startServer({
      messageListener: { receive: (_agent, payload) => (textOf(payload) === "bad" ? fail() : undefined) },
    });
    const peer = await loggedIn(watched);
    peer.send(frame(2, "bad"), frame(2, "good"));
    expect(await watched.errors.next()).toEqual({ during: "receive", channelId: "alice", error: broken });
    await watched.messages.first(({ text }) => text === "good", "the message after it");
    await expectToServeAGoodClient(watched);
  });

  it.each([
    ["at once", () => throwIt(broken)],
    ["later", () => Promise.reject(broken)],
  ])("a StateListener, %s", async (_, fail) => {
    const watched = await startServer({
      stateListener: { disconnect: (id) => (id === "alice" ? fail() : undefined) },
    });
    const peer = await loggedIn(watched);
    peer.reset();
    expect(await watched.errors.next()).toEqual({ during: "disconnect", channelId: "alice", error: broken });
    await expectToServeAGoodClient(watched);
  });
});

function throwIt(error: Error): never {
  throw error;
}
