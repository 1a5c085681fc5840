import { TransportError } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { frame } from "./support/raw-frames.js";
import { RawPeer } from "./support/raw-peer.js";
import { loginOr, textOf } from "./support/transport-neutral.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

describe("a peer that stops in the middle", () => {
  it.each([
    ["of a header", Buffer.from("82fe", "hex")],
    ["of a mask", Buffer.from("828a1122", "hex")],
    ["of a payload", frame(2, "0123456789").subarray(0, 9)],
    ["of a fragmented message", frame(2, "a fragment", { fin: false })],
  ])("%s, and hangs up, is told of as 1006", async (_, bytes) => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "whole"), bytes);
    peer.hangUp();
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1006, reason: "", clean: false } });
    expect(watched.messages.all.map(({ text }) => text)).toEqual(["whole"]);
    await expectToServeAGoodClient(watched);
  });

  it("and stays silent is closed at the read wait", async () => {
    const watched = await startServer({ readWaitMs: 150 });
    const peer = await loggedIn(watched);
    peer.send(frame(2, "0123456789").subarray(0, 9));
    expect(await peer.close()).toMatchObject({ code: 3008 });
    expect(await watched.disconnects.next()).toMatchObject({ info: { error: { code: "IM_ERR_READ_TIMEOUT" } } });
    await expectToServeAGoodClient(watched);
  });

  it("after it broke the protocol is cut after the close wait, if it does not hang up", async () => {
    const watched = await startServer({ closeWaitMs: 200 });
    const peer = await loggedIn(watched);
    peer.send(frame(3, "hi"));
    await peer.close();
    expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1002, clean: false } });
    await expectToServeAGoodClient(watched);
  });
});

describe("a peer that is told why while it still sends a lot reads it, and no reset", () => {
  const MANY_BYTES = 32 * 1024 * 1024;
  const patient = { closeWaitMs: 60_000 };

  it.each([
    ["a message that is too long", Buffer.from("82ff000000000fffffff00000000", "hex"), 1009],
    ["an unknown opcode", frame(3, "hi"), 1002],
    ["a text that is none", frame(1, Uint8Array.of(0xff)), 1007],
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
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(2, "empty"));
    await peer.pourAndHangUp(MANY_BYTES, frame(2, Buffer.alloc(256 * 1024)));
    expect(await peer.close()).toMatchObject({ code: 1011 });
    expect(await peer.ended()).toBe("end");
  });

  it("when the server closes it", async () => {
    const watched = await startServer(patient);
    const peer = await loggedIn(watched);
    void watched.server.closeChannel("alice", 4001, "enough");
    await peer.pourAndHangUp(MANY_BYTES, frame(2, Buffer.alloc(256 * 1024)));
    expect(await peer.close()).toEqual({ code: 4001, reason: "enough" });
    expect(await peer.ended()).toBe("end");
  });
});

describe("a login", () => {
  it("with an empty id is refused", async () => {
    const watched = await startServer({ acceptor: loginOr({ empty: () => "" }) });
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(2, "empty"));
    expect(await peer.close()).toMatchObject({ code: 1011 });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_EMPTY_ID" } });
    expect(watched.admitted.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("with the id of somebody else is refused, and the first stays", async () => {
    const watched = await startServer();
    const first = await loggedIn(watched);
    const second = await RawPeer.upgraded(watched.port);
    second.send(frame(2, "alice"), frame(2, "from the second"));
    expect(await second.close()).toEqual({ code: 1008, reason: "channel id is repeated" });
    first.send(frame(2, "from the first"));
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "from the first" });
    expect(watched.disconnects.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("as a text frame is a login", async () => {
    const watched = await startServer();
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(1, "alice"), frame(1, "a text"));
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "a text", opCode: 1 });
  });

  it("whose Acceptor throws is refused in the Acceptor's words", async () => {
    const refuse = () => {
      throw new TransportError("IM_ERR_LOGIN_REFUSED", "wrong password", { closeCode: 4001 });
    };
    const watched = await startServer({ acceptor: loginOr({ eve: refuse }) });
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(2, "eve"));
    expect(await peer.close()).toEqual({ code: 4001, reason: "wrong password" });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { message: "wrong password" } });
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
