import { describe, expect, it } from "vitest";
import { closeFrame, frame, kim } from "./support/raw-frames.js";
import { bytesOf, Recorder, textOf, within } from "./support/transport-neutral.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

const opCodes = (frames: readonly { readonly first: number }[]) => frames.map(({ first }) => first & 0xf);

describe("a client of kim", () => {
  it("closes with 88 80 and a mask and goes at once: it is told of as 1005, once", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "last words"), kim.close);
    peer.hangUp();
    expect(await watched.messages.next()).toMatchObject({ text: "last words" });
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1005, reason: "", clean: true } });
    const frames = await peer.framesUntilEnd();
    expect(frames.map(({ first, payload }) => [first, payload.length])).toEqual([[0x88, 0]]);
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all.filter(({ id }) => id === "alice")).toHaveLength(1);
  });

  it("gets 8a 00 for its empty ping", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(kim.ping);
    expect(await peer.frame()).toEqual({ first: 0x8a, masked: false, payload: Buffer.alloc(0), size: 2 });
  });
});

describe("when we close", () => {
  it("all that is queued leaves before the Close, and nothing after it", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    const [channel] = watched.admitted.all;
    for (let n = 0; n < 50; n++) channel!.push(bytesOf(`push ${n} `.repeat(1 + (n % 7) * 300)));
    void channel!.close(4000, "that is all");
    expect(() => channel!.push(bytesOf("too late"))).toThrow(expect.objectContaining({ code: "IM_ERR_CLOSED" }));
    peer.send(frame(9, "too late"), frame(2, "too late"), closeFrame(4000));
    const frames = await peer.framesUntilEnd();
    expect(opCodes(frames)).toEqual([...Array(50).fill(2), 8]);
    expect(frames.at(-1)!.payload).toEqual(Buffer.concat([Buffer.from([0x0f, 0xa0]), Buffer.from("that is all")]));
    expect(watched.messages.all).toEqual([]);
  });

  it("so does what the system has not taken yet", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.socket.pause();
    const [channel] = watched.admitted.all;
    let pushed = 0;
    for (; channel!.flush(); pushed += 8) for (let n = 0; n < 8; n++) channel!.push(new Uint8Array(300_000));
    const closed = channel!.close(1000, "bye");
    expect(channel!.queuedBytes).toBeGreaterThan(0);
    peer.socket.resume();
    peer.send(closeFrame(1000));
    const frames = await peer.framesUntilEnd();
    expect(opCodes(frames)).toEqual([...Array(pushed).fill(2), 8]);
    peer.hangUp();
    await within(closed, "the end of close");
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1000, reason: "bye", clean: true } });
  });

  it("a peer that never answers the Close is cut after the close wait", async () => {
    const watched = await startServer({ closeWaitMs: 150 });
    const peer = await loggedIn(watched);
    const [channel] = watched.admitted.all;
    await within(channel!.close(1000, "bye"), "the end of close");
    expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
    expect(await watched.disconnects.next()).toMatchObject({ info: { code: 1000, clean: false } });
  });
});

describe("when the peer closes", () => {
  it("answers to the messages before its Close leave before ours", async () => {
    const watched = await startServer({ messageListener: { receive: (agent, payload) => void agent.push(payload) } });
    const peer = await loggedIn(watched);
    const messages = Array.from({ length: 20 }, (_, n) => `message ${n}`);
    peer.send(...messages.map((text) => frame(2, text)), frame(9, "ping"), closeFrame(1000, "bye"));
    for (const text of messages) expect(await peer.message()).toEqual({ opCode: 2, text });
    expect(await peer.message()).toEqual({ opCode: 10, text: "ping" });
    expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
    expect(await peer.ended()).toBe("end");
    peer.hangUp();
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1000, reason: "bye", clean: true } });
  });

  it("a push that comes after its Close throws, and nothing leaves after ours", async () => {
    const outcomes = new Recorder<string>("outcomes of late pushes");
    const watched = await startServer({
      messageListener: {
        async receive(agent, payload) {
          // The Close is in the same segment, so it is read before this goes on.
          await null;
          await null;
          try {
            agent.push(payload);
            outcomes.add(`${textOf(payload)} was queued`);
          } catch (error) {
            outcomes.add((error as { code: string }).code);
          }
        },
      },
    });
    const peer = await loggedIn(watched);
    peer.send(frame(2, "one"), closeFrame(1000, "bye"));
    const frames = await peer.framesUntilEnd();
    peer.hangUp();
    expect(await outcomes.next()).toBe("IM_ERR_CLOSED");
    expect(opCodes(frames)).toEqual([8]);
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1000, reason: "bye", clean: true } });
  });

  it("an answer to its Close that comes while ours is on its way ends it once, cleanly", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    void watched.admitted.all[0]!.close(4001, "ours");
    peer.send(closeFrame(4002, "theirs"));
    expect(await peer.close()).toEqual({ code: 4001, reason: "ours" });
    expect(await peer.ended()).toBe("end");
    peer.hangUp();
    const { info } = await watched.disconnects.next();
    expect(info.clean).toBe(true);
    expect(await peer.framesUntilEnd()).toHaveLength(1);
  });

  it("what it sends behind its Close means nothing any more", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "before"), closeFrame(1000), frame(2, "after"), frame(3, "junk"));
    expect(await peer.close()).toEqual({ code: 1000, reason: "" });
    peer.hangUp();
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1000, reason: "", clean: true } });
    expect(watched.messages.all.map(({ text }) => text)).toEqual(["before"]);
  });
});
