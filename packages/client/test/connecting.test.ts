import { ClientError, createClient } from "@im/client";
import { type Dialer, OpCode } from "@im/transport-core";
import { describe, expect, it, vi } from "vitest";
import { connected, openClient, openServer, readText, spyOnConn } from "./support/open-for-test.js";
import { transports } from "./support/transports.js";
import { bytes, codeOf, deferred, errorOf, text, within } from "./support/waiting.js";

describe.each(transports)("connecting over $name", (transport) => {
  it("then sending and reading works", async () => {
    const { client, received } = await connected(transport);
    expect(client.send(bytes("hello"))).toBe(true);
    expect(await readText(client)).toBe("hello");
    expect(received).toEqual(["hello"]);
  });

  it("gives the dialer the client's id, the address and the time limit", async () => {
    const { server } = await openServer(transport);
    const dialAndHandshake = vi.fn((context) => transport.dialer().dialAndHandshake(context));
    const client = openClient(transport, {
      id: "c1",
      name: "tester",
      dialer: { dialAndHandshake },
      dialTimeoutMs: 5_000,
    });
    await client.connect(server.dialUrl);
    expect([client.id, client.name]).toEqual(["c1", "tester"]);
    const context = { id: "c1", name: "tester", address: server.dialUrl, timeoutMs: 5_000 };
    expect(dialAndHandshake).toHaveBeenCalledExactlyOnceWith({ ...context, signal: expect.any(AbortSignal) });
  });

  it("without a dialer is refused; setDialer sets one for the next connect", async () => {
    const { server } = await openServer(transport);
    const client = createClient();
    expect(await codeOf(client.connect(server.dialUrl))).toBe("IM_ERR_NO_DIALER");
    client.setDialer(transport.dialer());
    await client.connect(server.dialUrl);
    client.send(bytes("with a dialer"));
    expect(await readText(client)).toBe("with a dialer");
    await client.close();
  });

  it("while connecting or connected is refused, and does not affect the connection", async () => {
    const { server } = await openServer(transport);
    const client = openClient(transport);
    const connecting = client.connect(server.dialUrl);
    expect(await codeOf(client.connect(server.dialUrl))).toBe("IM_ERR_CLIENT_STATE");
    await connecting;
    expect((await errorOf(client.connect(server.dialUrl))).message).toMatch(/connected already/);
    client.send(bytes("still here"));
    expect(await readText(client)).toBe("still here");
  });

  it("fault 18: a failed dial leaves the client usable", async () => {
    const { server } = await openServer(transport);
    const client = openClient(transport);
    expect(await codeOf(client.connect(transport.deadAddress))).toBe("IM_ERR_CONNECT");
    expect(await codeOf(client.connect("nonsense://"))).toBe("IM_ERR_INVALID_ADDRESS");
    expect(await codeOf(() => client.send(bytes("x")))).toBe("IM_ERR_NOT_CONNECTED");
    await client.connect(server.dialUrl);
    client.send(bytes("third time lucky"));
    expect(await readText(client)).toBe("third time lucky");
  });

  it("again after the end, as often as one likes", async () => {
    const { server, client } = await connected(transport);
    for (let round = 0; round < 3; round++) {
      client.send(bytes(`round ${round}`));
      expect(await readText(client)).toBe(`round ${round}`);
      await client.close();
      await client.connect(server.dialUrl);
    }
  });

  it("again right after close, though what came was not read", async () => {
    const { server, client } = await connected(transport, { client: { maxInboxMessages: 1 } });
    for (let i = 0; i < 20; i++) server.broadcast(bytes(`unread ${i}`));
    expect(await readText(client)).toBe("unread 0");
    await client.close();
    await client.connect(server.dialUrl);
    client.send(bytes("fresh"));
    expect(await readText(client)).toBe("fresh");
  });

  it("again after the server closed, and after it was cut", async () => {
    const { server } = await openServer(transport);
    const { dialer, conns } = spyOnConn(transport.dialer());
    const client = openClient(transport, { dialer });
    await client.connect(server.dialUrl);
    conns[0]!.destroy();
    expect(await codeOf(client.read())).toBe("IM_ERR_CLIENT_CLOSED");
    await client.connect(server.dialUrl);
    client.send(bytes("back"));
    expect(await readText(client)).toBe("back");
  });

  it("with a signal that is aborted already does nothing", async () => {
    const dialAndHandshake = vi.fn();
    const client = openClient(transport, { dialer: { dialAndHandshake } });
    expect(await codeOf(client.connect("x", { signal: AbortSignal.abort(new Error("before")) }))).toBe("before");
    expect(dialAndHandshake).not.toHaveBeenCalled();
  });

  it("an abort gives it up with the signal's reason, and the client is usable", async () => {
    const { server } = await openServer(transport);
    const client = openClient(transport, { dialer: hangingDialer() });
    const controller = new AbortController();
    const connecting = client.connect("anywhere", { signal: controller.signal });
    controller.abort(new Error("never mind"));
    expect(await within(codeOf(connecting), "the end of connect")).toBe("never mind");
    client.setDialer(transport.dialer());
    await client.connect(server.dialUrl);
    controller.abort();
    client.send(bytes("x"));
    expect(await readText(client)).toBe("x");
  });

  it("an abort after it connected changes nothing", async () => {
    const { server } = await openServer(transport);
    const client = openClient(transport);
    const controller = new AbortController();
    await client.connect(server.dialUrl, { signal: controller.signal });
    controller.abort();
    client.send(bytes("still here"));
    expect(await readText(client)).toBe("still here");
  });

  it("fault 18: bytes that came in the same chunk as the login's answer are kept", async () => {
    const { server } = await openServer(transport, {
      acceptor: {
        async accept(conn, { signal }) {
          await conn.readFrame({ signal });
          for (const word of ["welcome", "glued 1", "glued 2"]) conn.writeFrame(OpCode.Binary, bytes(word));
          conn.flush();
          return "alice";
        },
      },
    });
    const client = openClient(transport);
    client.setDialer(withLogin(transport.dialer()));
    await client.connect(server.dialUrl);
    expect([await readText(client), await readText(client)]).toEqual(["glued 1", "glued 2"]);
  });

  it("fault 18: the deadlines of the login do not stay", async () => {
    const { server } = await openServer(transport);
    const past = performance.now() - 1;
    const client = openClient(transport, {
      dialer: {
        async dialAndHandshake(context) {
          const conn = await transport.dialer().dialAndHandshake(context);
          conn.setReadDeadline(past);
          conn.setWriteDeadline(past);
          return conn;
        },
      },
    });
    await client.connect(server.dialUrl);
    const reading = client.read();
    // Too much for the system to take at once, so that the write has to wait.
    for (let i = 0; i < 7; i++) client.send(new Uint8Array(1_000_000));
    expect((await within(reading, "an answer")).payload.length).toBe(1_000_000);
  });

  it("a login that the server refuses rejects, with what the server said", async () => {
    const { server } = await openServer(transport, {
      onError: () => {},
      acceptor: {
        async accept(conn, { signal }) {
          await conn.readFrame({ signal });
          throw new Error("wrong password");
        },
      },
    });
    const client = openClient(transport, { dialer: withLogin(transport.dialer()) });
    const error = await errorOf(client.connect(server.dialUrl));
    expect(error).toMatchObject({ code: "IM_ERR_CLOSED", closeInfo: { code: 1008, reason: "wrong password" } });
  });
});

/** A dialer that never gives anything, whatever its signal says. */
function hangingDialer(): Dialer {
  return { dialAndHandshake: () => deferred<never>().promise };
}

/** A login of one frame and one answer. */
function withLogin(dialer: Dialer): Dialer {
  return {
    async dialAndHandshake(context) {
      const conn = await dialer.dialAndHandshake(context);
      conn.writeFrame(OpCode.Binary, bytes("let me in"));
      conn.flush();
      const { payload } = await conn.readFrame({ signal: context.signal });
      expect(text(payload)).toBe("welcome");
      return conn;
    },
  };
}

it("errors of the client are ClientError", async () => {
  expect(await errorOf(createClient().connect("x"))).toBeInstanceOf(ClientError);
});
