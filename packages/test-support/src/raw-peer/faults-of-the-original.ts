import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { within } from "../recorder.js";
import { bytesOf, loginByName, read, send } from "../watched-server.js";
import { harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

/** What kim does wrong, each found by running it. None of it may come back. Fault 10 is a case of `logins.ts`. */
export function describeFaultsOfTheOriginal(transport: RawTransport): void {
  const { start, open, loggedIn, dial, expectToServeAGoodClient, closeFrame, answerClose } = harness(transport);
  const { frame } = transport;
  const twenty = Array.from({ length: 20 }, (_, n) => `peer ${n}`);

  describe("faults of the original", () => {
    it.each([
      ["before the login", false],
      ["after the login", true],
    ])("fault 1: a header that declares the largest length takes no memory, %s", async (_, withLogin) => {
      const watched = await start();
      const before = process.memoryUsage().arrayBuffers;
      const peers = await Promise.all(twenty.map((id) => (withLogin ? loggedIn(watched, id) : open(watched.port))));
      for (const peer of peers) peer.send(transport.declaring(transport.largestLength));
      for (const peer of peers) expect(await peer.close()).toMatchObject({ code: 1009 });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
      await expectToServeAGoodClient(watched);
    });

    it("fault 1: a header that declares the largest length allowed takes memory for what has arrived", async () => {
      const watched = await start({ maxPayloadBytes: 256 << 20 });
      const before = process.memoryUsage().arrayBuffers;
      const peers = await Promise.all(twenty.map((id) => loggedIn(watched, id)));
      for (const peer of peers) peer.send(frame(9, "seen"), transport.declaring(256n << 20n));
      for (const peer of peers) expect(await peer.message()).toEqual({ opCode: OpCode.Pong, text: "seen" });
      await expectToServeAGoodClient(watched);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
    });

    it("fault 2: a client that does not read delays no other, and is closed at the limit of its queue", async () => {
      const watched = await start({ highWaterMarkBytes: 64 << 10, maxQueuedBytes: 1 << 20 });
      const frozen = await loggedIn(watched, "frozen");
      frozen.socket.pause();
      let pushed = 0;
      const flood = () => {
        for (; pushed < 100_000; pushed++) watched.server.push("frozen", new Uint8Array(10_000));
      };
      expect(flood).toThrow(expect.objectContaining({ code: "IM_ERR_QUEUE_FULL" }));
      expect(pushed).toBeGreaterThan(100);
      await expectToServeAGoodClient(watched);
      expect(await watched.disconnects.first(({ id }) => id === "frozen", "that of the frozen client")).toMatchObject({
        info: { code: 1008, error: { code: "IM_ERR_QUEUE_FULL" } },
      });
    });

    it("fault 2: a client that does not read is closed at the write wait", async () => {
      const watched = await start({ writeWaitMs: 200, maxQueuedBytes: 64 << 20 });
      const frozen = await loggedIn(watched, "frozen");
      frozen.socket.pause();
      // More than the system holds, which may take some of it a little later.
      for (let n = 0; n < 100; n++) watched.server.push("frozen", new Uint8Array(500_000));
      await expectToServeAGoodClient(watched);
      expect(await watched.disconnects.first(({ id }) => id === "frozen", "that of the frozen client")).toMatchObject({
        info: { code: 3008, error: { code: "IM_ERR_WRITE_TIMEOUT" } },
      });
    });

    it("fault 3: shutdown closes the listener and every connection", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      const report = watched.server.shutdown();
      expect(await peer.close()).toMatchObject({ code: 1001 });
      answerClose(peer, 1001);
      peer.hangUp();
      expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
      await expect(dial(watched)).rejects.toMatchObject({ code: "IM_ERR_CONNECT" });
    });

    it("fault 4: closing a channel closes its socket", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      void watched.admitted.all[0]!.close();
      expect(await peer.close()).toMatchObject({ code: 1000 });
      answerClose(peer, 1000);
      expect(await peer.ended()).toBe("end");
      peer.hangUp();
      expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1000, clean: true } });
    });

    it("fault 4: closing a channel closes its socket even if the peer does nothing", async () => {
      const watched = await start({ closeWaitMs: 150 });
      const peer = await loggedIn(watched);
      await within(watched.admitted.all[0]!.close(), "the end of close");
      expect(await peer.close()).toMatchObject({ code: 1000 });
      await peer.ended();
      expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { clean: false } });
    });

    it("fault 5: short bursts that end in a Close, many at a time, arrive whole", async () => {
      const watched = await start({
        messageListener: {
          receive(agent, payload) {
            for (let n = 0; n < 10; n++) agent.push(payload);
          },
        },
      });
      const rounds = Array.from({ length: 60 }, async (_, n) => {
        const peer = await loggedIn(watched, `client ${n}`);
        const text = `burst ${n} `.repeat(1 + (n % 30));
        peer.send(frame(2, text), frame(8));
        peer.hangUp();
        const frames = await peer.framesUntilEnd();
        expect(frames.map(({ opCode }) => opCode)).toEqual([...Array(10).fill(2), 8]);
        for (const { payload } of frames.slice(0, 10)) expect(payload.toString()).toBe(text);
      });
      await Promise.all(rounds);
      await expectToServeAGoodClient(watched);
    });

    it("fault 6: a push that races with close throws IM_ERR_CLOSED to its caller, and nowhere else", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      const [channel] = watched.admitted.all;
      peer.send(frame(8));
      await peer.close();
      expect(() => channel!.push(bytesOf("too late"))).toThrow(expect.objectContaining({ code: "IM_ERR_CLOSED" }));
      peer.hangUp();
      await watched.disconnects.next();
      expect(() => channel!.push(bytesOf("far too late"))).toThrow(expect.objectContaining({ code: "IM_ERR_CLOSED" }));
      await expectToServeAGoodClient(watched);
    });

    it("fault 7: Pongs, pushes and the Close, large and small, never mix", async () => {
      const watched = await start({ messageListener: { receive: (agent, payload) => agent.push(payload) } });
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
        const { opCode, payload } = await peer.frame();
        if (opCode === OpCode.Pong) {
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
      const watched = await start({
        messageListener: {
          async receive(_agent, payload) {
            // The earlier ones take more turns than the later ones.
            for (let turns = 20 - payload[0]!; turns > 0; turns--) {
              await new Promise((resolve) => setImmediate(resolve));
            }
            handled.push(String(payload[0]));
          },
        },
      });
      const peer = await loggedIn(watched);
      peer.send(...Array.from({ length: 20 }, (_, n) => frame(2, Uint8Array.of(n))), frame(8));
      peer.hangUp();
      await watched.disconnects.next();
      expect(handled).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    });

    it("fault 9: the client keeps a frame that arrives in the same chunk as the answer to its login", async () => {
      const watched = await start({
        acceptor: {
          async accept(conn, options) {
            const id = await loginByName.accept(conn, options);
            conn.writeFrame(OpCode.Binary, bytesOf("welcome"));
            conn.writeFrame(OpCode.Binary, bytesOf("first message"));
            conn.flush();
            return id;
          },
        },
      });
      const conn = await dial(watched);
      send(conn, "alice");
      expect(await read(conn)).toBe("welcome");
      const frames: string[] = [];
      conn.readFrames({ frame: (_opCode, payload) => void frames.push(new TextDecoder().decode(payload)), end() {} });
      watched.server.push("alice", bytesOf("later"));
      void conn.close();
      await watched.disconnects.next();
      expect(frames[0]).toBe("first message");
    });

    it("fault 11: a refused login's code and reason reach a peer that has sent more meanwhile", async () => {
      const watched = await start({
        acceptor: {
          async accept(conn, options) {
            await loginByName.accept(conn, options);
            throw Object.assign(new Error("account is locked"), { closeCode: 4003 });
          },
        },
      });
      const peer = await open(watched.port);
      peer.send(frame(2, "alice"), frame(2, "one"), frame(2, "two"));
      expect(await peer.close()).toEqual({ code: 4003, reason: "account is locked" });
      answerClose(peer, 4003);
      expect(await peer.ended()).toBe("end");
      expect(watched.messages.all).toEqual([]);
    });

    it("fault 11: a reason that is too long is cut to 123 bytes, not inside a character", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      void watched.admitted.all[0]!.close(4000, "€".repeat(60));
      expect(await peer.close()).toEqual({ code: 4000, reason: "€".repeat(41) });
    });

    it("fault 12: of many simultaneous logins with one id exactly one is let in", async () => {
      const watched = await start({
        acceptor: {
          async accept(conn, options) {
            const id = await loginByName.accept(conn, options);
            await new Promise((resolve) => setImmediate(resolve));
            return id;
          },
        },
      });
      const peers = await Promise.all(twenty.map(() => open(watched.port)));
      for (const peer of peers) peer.send(frame(2, "alice"));
      const outcomes = peers.map(async (peer) => {
        const { opCode } = await peer.frame();
        return opCode === OpCode.Close ? "refused" : "let in";
      });
      const channel = await watched.admitted.next();
      await within(Promise.race(outcomes), "the first refusal");
      channel.push(bytesOf("hello"));
      const counted = await Promise.all(outcomes);
      expect(counted.filter((outcome) => outcome === "let in")).toHaveLength(1);
      expect(watched.admitted.all).toHaveLength(1);
    });

    it("fault 13: an empty id is refused, not run unregistered", async () => {
      const watched = await start({ acceptor: { accept: () => "" } });
      const peer = await open(watched.port);
      expect(await peer.close()).toMatchObject({ code: 1011 });
      peer.send(frame(2, "hello"));
      answerClose(peer, 1011);
      peer.hangUp();
      await watched.server.shutdown();
      expect({ admitted: watched.admitted.all, messages: watched.messages.all }).toEqual({
        admitted: [],
        messages: [],
      });
    });
  });
}
