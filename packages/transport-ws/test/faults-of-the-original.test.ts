import { OpCode } from "@im/transport-core";
import { expect, it } from "vitest";
import { closeFrame, frame, kim } from "./support/raw-frames.js";
import { RawPeer } from "./support/raw-peer.js";
import { bytesOf, loginByName, within } from "./support/transport-neutral.js";
import { dial, expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

// What kim does wrong, each found by running it. None of it may come back. Faults 9 and 10 are in upgrade.test.ts.

it("fault 1: a header that declares 2^62, which ends kim's process, costs nothing", async () => {
  const watched = await startServer();
  const before = process.memoryUsage().arrayBuffers;
  const peers = await Promise.all(Array.from({ length: 20 }, (_, n) => loggedIn(watched, `peer ${n}`)));
  for (const peer of peers) peer.send(frame(2, "abcd", { declares: 2n ** 62n }));
  for (const peer of peers) expect(await peer.close()).toMatchObject({ code: 1009 });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  await expectToServeAGoodClient(watched);
});

it("fault 1: the largest length that is allowed costs what has come of it", async () => {
  const watched = await startServer({ maxPayloadBytes: 256 << 20 });
  const before = process.memoryUsage().arrayBuffers;
  const peers = await Promise.all(Array.from({ length: 20 }, (_, n) => loggedIn(watched, `peer ${n}`)));
  for (const peer of peers) peer.send(frame(9, "seen"), frame(2, "abcd", { declares: 256n << 20n }));
  for (const peer of peers) expect(await peer.message()).toEqual({ opCode: OpCode.Pong, text: "seen" });
  await expectToServeAGoodClient(watched);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
});

it("fault 2: a client that does not read delays nobody, and is closed at the limit of its queue", async () => {
  const watched = await startServer({ highWaterMarkBytes: 64 << 10, maxQueuedBytes: 1 << 20 });
  const deaf = await loggedIn(watched, "deaf");
  deaf.socket.pause();
  let pushed = 0;
  const flood = () => {
    for (; pushed < 100_000; pushed++) watched.server.push("deaf", new Uint8Array(10_000));
  };
  expect(flood).toThrow(expect.objectContaining({ code: "IM_ERR_QUEUE_FULL" }));
  expect(pushed).toBeGreaterThan(100);
  await expectToServeAGoodClient(watched);
  expect(await watched.disconnects.first(({ id }) => id === "deaf", "that of the deaf client")).toMatchObject({
    info: { code: 1008, error: { code: "IM_ERR_QUEUE_FULL" } },
  });
});

it("fault 2: a client that does not read is closed at the write wait", async () => {
  const watched = await startServer({ writeWaitMs: 200, maxQueuedBytes: 64 << 20 });
  const deaf = await loggedIn(watched, "deaf");
  deaf.socket.pause();
  // More than the system holds, which may take some of it a little later.
  for (let n = 0; n < 100; n++) watched.server.push("deaf", new Uint8Array(500_000));
  await expectToServeAGoodClient(watched);
  expect(await watched.disconnects.first(({ id }) => id === "deaf", "that of the deaf client")).toMatchObject({
    info: { code: 3008, error: { code: "IM_ERR_WRITE_TIMEOUT" } },
  });
});

it("fault 3: shutdown closes the listener and every connection", async () => {
  const watched = await startServer();
  const peer = await loggedIn(watched);
  const report = watched.server.shutdown();
  expect(await peer.close()).toMatchObject({ code: 1001 });
  peer.send(closeFrame(1001));
  peer.hangUp();
  expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
  await expect(dial(watched)).rejects.toMatchObject({ code: "IM_ERR_CONNECT" });
});

it("fault 4: closing a channel closes its socket, even if the peer does nothing", async () => {
  const watched = await startServer({ closeWaitMs: 150 });
  const peer = await loggedIn(watched);
  await within(watched.admitted.all[0]!.close(), "the end of close");
  expect(await peer.close()).toMatchObject({ code: 1000 });
  await peer.ended();
  expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { clean: false } });
});

it("fault 5: short bursts that end in close, many at a time, arrive whole", async () => {
  const watched = await startServer({
    messageListener: {
      receive(agent, payload) {
        for (let n = 0; n < 10; n++) agent.push(payload);
      },
    },
  });
  const rounds = Array.from({ length: 60 }, async (_, n) => {
    const peer = await loggedIn(watched, `client ${n}`);
    const text = `burst ${n} `.repeat(1 + (n % 30));
    peer.send(frame(2, text), kim.close);
    peer.hangUp();
    const frames = await peer.framesUntilEnd();
    expect(frames.map(({ first }) => first)).toEqual([...Array(10).fill(0x82), 0x88]);
    for (const { payload } of frames.slice(0, 10)) expect(payload.toString()).toBe(text);
  });
  await Promise.all(rounds);
  await expectToServeAGoodClient(watched);
});

it("fault 6: a push that races with close throws IM_ERR_CLOSED to its caller, and to nobody else", async () => {
  const watched = await startServer();
  const peer = await loggedIn(watched);
  const [channel] = watched.admitted.all;
  peer.send(kim.close);
  await peer.close();
  expect(() => channel!.push(bytesOf("too late"))).toThrow(expect.objectContaining({ code: "IM_ERR_CLOSED" }));
  peer.hangUp();
  await watched.disconnects.next();
  expect(() => channel!.push(bytesOf("much too late"))).toThrow(expect.objectContaining({ code: "IM_ERR_CLOSED" }));
  await expectToServeAGoodClient(watched);
});

it("fault 7: pongs, pushes and the Close, large and small, never mix", async () => {
  const watched = await startServer({ messageListener: { receive: (agent, payload) => void agent.push(payload) } });
  const peer = await loggedIn(watched);
  const sizes = [1, 200, 5000, 70_000, 3];
  const rounds = 40;
  for (let n = 0; n < rounds; n++) {
    for (const size of sizes) peer.send(frame(2, Buffer.alloc(size, n)), frame(9, `ping ${n} ${size}`));
    watched.server.push("alice", bytesOf(`push ${n}`));
  }
  peer.send(closeFrame(1000, "bye"));
  const seen = { pongs: 0, echoes: 0, pushes: 0 };
  while (seen.pongs + seen.echoes + seen.pushes < rounds * (2 * sizes.length + 1)) {
    const { first, payload } = await peer.frame();
    if (first === 0x8a) {
      const n = Math.floor(seen.pongs / sizes.length);
      expect(payload.toString()).toBe(`ping ${n} ${sizes[seen.pongs++ % sizes.length]}`);
    } else if (payload.toString("utf8", 0, 5) === "push ") {
      expect(payload.toString()).toBe(`push ${seen.pushes++}`);
    } else {
      const size = sizes[seen.echoes % sizes.length]!;
      expect(payload.equals(Buffer.alloc(size, Math.floor(seen.echoes++ / sizes.length)))).toBe(true);
    }
  }
  expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
});

it("fault 8: messages of one connection are received in order, however long each takes", async () => {
  const handled: string[] = [];
  const watched = await startServer({
    messageListener: {
      async receive(_agent, payload) {
        // The earlier ones take more turns than the later ones.
        for (let turns = 20 - payload[0]!; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        handled.push(String(payload[0]));
      },
    },
  });
  const peer = await loggedIn(watched);
  peer.send(...Array.from({ length: 20 }, (_, n) => frame(2, Uint8Array.of(n))), kim.close);
  peer.hangUp();
  await watched.disconnects.next();
  expect(handled).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
});

it("fault 11: the code and the reason of a refused login are a valid Close that reaches the peer", async () => {
  const watched = await startServer({
    acceptor: {
      async accept(conn, options) {
        await loginByName.accept(conn, options);
        throw Object.assign(new Error("account is locked"), { closeCode: 4003 });
      },
    },
  });
  const peer = await RawPeer.upgraded(watched.port);
  peer.send(frame(2, "alice"), frame(2, "one"), frame(2, "two"));
  expect(await peer.close()).toEqual({ code: 4003, reason: "account is locked" });
  peer.send(closeFrame(4003));
  expect(await peer.ended()).toBe("end");
  expect(watched.messages.all).toEqual([]);
});

it("fault 11: a reason that is too long is cut to 123 bytes, not inside a character", async () => {
  const watched = await startServer();
  const peer = await loggedIn(watched);
  void watched.admitted.all[0]!.close(4000, "€".repeat(60));
  expect(await peer.close()).toEqual({ code: 4000, reason: "€".repeat(41) });
});

it("fault 12: of many logins with one id that come at once, exactly one is let in", async () => {
  const watched = await startServer({
    acceptor: {
      async accept(conn, options) {
        const id = await loginByName.accept(conn, options);
        await new Promise((resolve) => setImmediate(resolve));
        return id;
      },
    },
  });
  const peers = await Promise.all(Array.from({ length: 20 }, () => RawPeer.upgraded(watched.port)));
  for (const peer of peers) peer.send(frame(2, "alice"));
  const outcomes = peers.map(async (peer) => ((await peer.frame()).first === 0x88 ? "refused" : "let in"));
  const channel = await watched.admitted.next();
  await within(Promise.race(outcomes), "the first refusal");
  channel.push(bytesOf("hello"));
  expect((await Promise.all(outcomes)).filter((outcome) => outcome === "let in")).toHaveLength(1);
  expect(watched.admitted.all).toHaveLength(1);
});

it("fault 13: an empty id is refused, not run unregistered", async () => {
  const watched = await startServer({ acceptor: { accept: () => "" } });
  const peer = await RawPeer.upgraded(watched.port);
  expect(await peer.close()).toMatchObject({ code: 1011 });
  peer.send(frame(2, "hello"), closeFrame(1011));
  peer.hangUp();
  await watched.server.shutdown();
  expect({ admitted: watched.admitted.all, messages: watched.messages.all }).toEqual({ admitted: [], messages: [] });
});
