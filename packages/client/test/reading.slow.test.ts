import { createClient } from "@im/client";
import { OpCode } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { MuteDriver } from "./support/mute-driver.js";
import { connected, readText, spyOnConn } from "./support/open-for-test.js";
import { transports } from "./support/transports.js";
import { bytes, codeOf, deferred, errorOf, text, within } from "./support/waiting.js";

describe.each(transports)("reading over $name", (transport) => {
  it("gives frames in order, whether they came before the read or after it", async () => {
    const { client, server } = await connected(transport);
    const early = readText(client);
    for (let i = 0; i < 50; i++) server.broadcast(bytes(`${i}`));
    const words = [await early];
    for (let i = 1; i < 50; i++) words.push(await readText(client));
    expect(words).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  });

  it("distinguishes Text and Binary; Ping and Pong are not read", async () => {
    const { client } = await connected(transport, {
      acceptor: {
        accept(conn) {
          conn.writeFrame(OpCode.Ping, bytes("ping"));
          conn.writeFrame(OpCode.Pong, bytes("pong"));
          conn.writeFrame(OpCode.Text, bytes("text"));
          conn.writeFrame(OpCode.Binary, bytes("binary"));
          conn.flush();
          return "alice";
        },
      },
    });
    const frames = [await within(client.read(), "text"), await within(client.read(), "binary")];
    expect(frames.map(({ opCode, payload }) => `${opCode} ${text(payload)}`)).toEqual(["1 text", "2 binary"]);
  });

  it("one at a time: a second read is refused, and takes nothing from the first", async () => {
    const { client, server } = await connected(transport);
    const first = readText(client);
    expect(await codeOf(client.read())).toBe("IM_ERR_CLIENT_STATE");
    server.broadcast(bytes("for the first"));
    expect(await first).toBe("for the first");
  });

  it("an abort rejects with the signal's reason and loses no frame", async () => {
    const { client, server } = await connected(transport);
    for (let i = 0; i < 20; i++) {
      const controller = new AbortController();
      const reading = codeOf(client.read({ signal: controller.signal }));
      if (i % 2 === 0) server.broadcast(bytes(`${i}`));
      controller.abort(new Error("given up"));
      expect(await reading).toBe("given up");
      if (i % 2 === 1) server.broadcast(bytes(`${i}`));
      expect(await readText(client)).toBe(`${i}`);
    }
    expect(await codeOf(client.read({ signal: AbortSignal.abort(new Error("before")) }))).toBe("before");
  });

  it("by iteration, until either side closes with 1000", async () => {
    const { client, server } = await connected(transport);
    const words: string[] = [];
    for (const word of ["a", "b", "c"]) server.broadcast(bytes(word));
    for await (const { payload } of client) {
      words.push(text(payload));
      if (words.length === 3) void client.close();
    }
    expect(words).toEqual(["a", "b", "c"]);
  });

  it("an iteration that is left can be taken up again", async () => {
    const { client, server } = await connected(transport);
    for (const word of ["a", "b", "c"]) server.broadcast(bytes(word));
    for await (const { payload } of client) {
      expect(text(payload)).toBe("a");
      break;
    }
    expect(await readText(client)).toBe("b");
    for await (const { payload } of client) {
      expect(text(payload)).toBe("c");
      break;
    }
  });

  it("iteration throws the reason of any other end", async () => {
    const { client, server } = await connected(transport);
    const iterating = (async () => {
      for await (const _ of client);
    })();
    void server.shutdown();
    const error = await within(errorOf(iterating), "the end of the iteration");
    expect(error).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", closeInfo: { code: 1001 } });
  });

  it("a reader that does not read slows the peer down, and nothing is lost", { timeout: 30_000 }, async () => {
    const total = 200;
    const sent = { count: 0 };
    const slowed = deferred();
    const { client } = await connected(transport, {
      // The server sends as fast as it may, and stops where it is held back.
      highWaterMarkBytes: 200_000,
      writeWaitMs: 60_000,
      messageListener: {
        async receive(agent) {
          const channel = agent as unknown as { drained(): Promise<void> };
          while (sent.count < total) {
            const payload = new Uint8Array(100_000);
            payload.set(bytes(`${sent.count++}`));
            if (agent.push(payload)) continue;
            const drained = channel.drained();
            // Only a server that is really held back waits this long: the sockets hold a few megabytes, not twenty.
            const heldBack = setTimeout(() => slowed.resolve(), 500);
            await drained;
            clearTimeout(heldBack);
          }
        },
      },
      client: { maxInboxMessages: 4 },
    });
    client.send(bytes("begin"));
    await within(slowed.promise, "the server to be held back");
    expect(sent.count, "frames that left before the server was held back").toBeLessThan(total);
    for (let i = 0; i < total; i++) {
      const { payload } = await within(client.read(), `frame ${i}`);
      expect(text(payload.subarray(0, 4)).replaceAll("\0", "")).toBe(`${i}`);
    }
  });
});

describe.each(transports)("after the end over $name", (transport) => {
  it("frames that had come are still read, then the reason; send fails with it, too", async () => {
    const { client, server, left } = await connected(transport);
    for (const word of ["a", "b", "c"]) server.broadcast(bytes(word));
    const shutdown = server.shutdown();
    await within(shutdown, "the shutdown");
    await within(left, "the end of the server's side");
    expect([await readText(client), await readText(client), await readText(client)]).toEqual(["a", "b", "c"]);
    const reason = { code: 1001, reason: "the server is shutting down", clean: true };
    expect(await errorOf(client.read())).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", closeInfo: reason });
    expect(await errorOf(client.read())).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", closeInfo: reason });
    expect(await errorOf(() => client.send(bytes("x")))).toMatchObject({ closeInfo: reason });
    expect(await errorOf(client.drained())).toMatchObject({ closeInfo: reason });
  });

  it("more frames than the client keeps for its reader are still read", async () => {
    const { client, server, left } = await connected(transport, { client: { maxInboxMessages: 2 } });
    for (let i = 0; i < 6; i++) server.broadcast(bytes(`${i}`));
    expect(await readText(client)).toBe("0");
    void client.close();
    await within(left, "the end of the server's side");
    const words: string[] = [];
    for await (const { payload } of client) words.push(text(payload));
    expect(words).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("a server that vanishes without a Close is reported as such", async () => {
    const { dialer, conns } = spyOnConn(transport.dialer());
    const { client } = await connected(transport, { client: { dialer } });
    const reading = errorOf(client.read());
    conns[0]!.destroy();
    expect(await within(reading, "the end of read")).toMatchObject({
      code: "IM_ERR_CLIENT_CLOSED",
      closeInfo: { code: 1006, clean: false },
    });
  });

  it("frames of an old connection do not come up in the next", async () => {
    const { client, server } = await connected(transport);
    server.broadcast(bytes("old"));
    server.broadcast(bytes("old, too"));
    expect(await readText(client)).toBe("old");
    await client.close();
    await client.connect(server.dialUrl);
    client.send(bytes("new"));
    expect(await readText(client)).toBe("new");
  });
});

describe.each(transports)("sending over $name", (transport) => {
  it("returns false above the high-water mark, and drained resolves when it may go on", async () => {
    const { client, received } = await connected(transport, {
      messageListener: { receive: (_, payload) => void received.push(`${payload.length}`) },
      client: { dialer: transport.dialer({ highWaterMarkBytes: 100_000 }) },
    });
    let held = 0;
    for (let i = 0; i < 30; i++) {
      if (client.send(new Uint8Array(90_000))) continue;
      held++;
      await within(client.drained(), "drained");
    }
    expect(held).toBeGreaterThan(0);
    await within(client.drained(), "drained when nothing is queued");
    await client.close();
  });

  it("an aborted drained harms nothing", async () => {
    const { client } = await connected(transport, {
      client: { dialer: transport.dialer({ highWaterMarkBytes: 1_000 }) },
    });
    // More than the system takes at once.
    for (let i = 0; i < 7; i++) client.send(new Uint8Array(1_000_000));
    expect(await codeOf(client.drained({ signal: AbortSignal.abort(new Error("enough")) }))).toBe("enough");
    await within(client.drained(), "drained");
  });

  it("too long a payload throws, and the client goes on", async () => {
    const { client } = await connected(transport, { client: { dialer: transport.dialer({ maxPayloadBytes: 10 }) } });
    expect(await codeOf(() => client.send(new Uint8Array(11)))).toBe("IM_ERR_PAYLOAD_TOO_LARGE");
    client.send(bytes("short"));
    expect(await readText(client)).toBe("short");
  });
});

describe("before connect", () => {
  it("read, send, drained and iteration say so", async () => {
    const client = createClient();
    expect(await codeOf(client.read())).toBe("IM_ERR_NOT_CONNECTED");
    expect(await codeOf(() => client.send(bytes("x")))).toBe("IM_ERR_NOT_CONNECTED");
    expect(await codeOf(client.drained())).toBe("IM_ERR_NOT_CONNECTED");
    expect(await codeOf(client[Symbol.asyncIterator]().next())).toBe("IM_ERR_NOT_CONNECTED");
  });
});

describe("what waits for its reader", () => {
  it.each([
    ["in number", { maxInboxMessages: 4 }, 10],
    ["in bytes", { maxInboxBytes: 4_000 }, 1_000],
  ])("is bounded %s: the peer is paused, and goes on when there is room", async (_, options, size) => {
    const driver = new MuteDriver();
    const createConn = createConnFactory({});
    const client = createClient({ ...options, dialer: { dialAndHandshake: async () => createConn(driver) } });
    await client.connect("x");
    let came = 0;
    while (!driver.calls.includes("pause") && came < 50) driver.receive(new Uint8Array(size).fill(came++));
    // As many as the client keeps, as many again in the read loop's inbox.
    expect(came, "frames that came before the peer was paused").toBe(8);
    for (let i = 0; i < came; i++) expect((await within(client.read(), `frame ${i}`)).payload[0]).toBe(i);
    expect(driver.calls).toContain("resume");
    await client.close();
  });
});
