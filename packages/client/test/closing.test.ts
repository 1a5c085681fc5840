import { createClient } from "@im/client";
import type { CloseInfo } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { connected, openClient, openServer, readText } from "./support/open-for-test.js";
import { openRawServer } from "./support/raw-server.js";
import { transports } from "./support/transports.js";
import { bytes, codeOf, deferred, errorOf, within } from "./support/waiting.js";

describe.each(transports)("closing over $name", (transport) => {
  it("sends what is queued, says Close with 1000, and disconnects", async () => {
    const { client, received, left } = await connected(transport);
    for (const word of ["a", "b", "c"]) client.send(bytes(word));
    await within(client.close(), "the end of close");
    expect(await within(left, "the server's disconnect")).toMatchObject({ code: 1000, clean: true });
    expect(received).toEqual(["a", "b", "c"]);
  });

  it("twice, and afterwards, is as good as once", async () => {
    const { client, left } = await connected(transport);
    await within(Promise.all([client.close(), client.close(), client[Symbol.asyncDispose]()]), "all calls");
    await within(client.close(), "a call afterwards");
    expect((await within(left, "the server's disconnect")).code).toBe(1000);
  });

  it("fault 18: before connect is harmless, and does not disable a later close", async () => {
    const { server, left } = await openServer(transport);
    const client = openClient(transport);
    await within(client.close(), "close before connect");
    await client.connect(server.dialUrl);
    client.send(bytes("works"));
    expect(await readText(client)).toBe("works");
    await within(client.close(), "close after connect");
    expect((await within(left, "the server's disconnect")).code).toBe(1000);
  });

  it("while connecting ends connect, and leaves no connection", async () => {
    const arrived = deferred();
    const gone = deferred();
    const { server } = await openServer(transport, {
      acceptor: {
        accept(conn, { signal }) {
          arrived.resolve();
          signal.addEventListener("abort", () => gone.resolve());
          return conn.closed.then(() => "nobody");
        },
      },
    });
    const client = openClient(transport, {
      dialer: {
        async dialAndHandshake(context) {
          const conn = await transport.dialer().dialAndHandshake(context);
          // A login that never gets its answer, and does not look at its signal.
          await conn.readFrame().finally(() => conn.destroy());
          return conn;
        },
      },
    });
    const connecting = codeOf(client.connect(server.dialUrl));
    await within(arrived.promise, "the connection at the server");
    await within(client.close(), "the end of close");
    expect(await within(connecting, "the end of connect")).toBe("IM_ERR_CLIENT_CLOSED");
    await within(server.shutdown({ signal: AbortSignal.abort() }), "the shutdown");
    await within(gone.promise, "the end of the connection at the server");
  });

  it("ends a read that waits, with the reason", async () => {
    const { client } = await connected(transport);
    const reading = errorOf(client.read());
    await client.close();
    expect(await within(reading, "the end of read")).toMatchObject({
      code: "IM_ERR_CLIENT_CLOSED",
      closeInfo: { code: 1000, clean: true },
    });
    expect(await codeOf(() => client.send(bytes("x")))).toBe("IM_ERR_CLIENT_CLOSED");
  });

  it("what is sent after it throws, also at once", async () => {
    const { client, received } = await connected(transport);
    const closing = client.close();
    expect(await codeOf(() => client.send(bytes("too late")))).toBe("IM_ERR_CLOSED");
    await closing;
    expect(received).toEqual([]);
  });

  it("a server that does not answer is waited for no longer than the close wait", async () => {
    const { address, socket } = await openRawServer(transport);
    const client = openClient(transport, { closeWaitMs: 200 });
    await client.connect(address);
    (await socket).pause();
    const before = performance.now();
    await within(client.close(), "the end of close");
    const tookMs = performance.now() - before;
    expect(tookMs).toBeGreaterThanOrEqual(190);
    expect(tookMs, "200 ms, a tick of the deadlines, and patience with slow machines").toBeLessThan(2_000);
    const info = (await errorOf(client.read())) as { closeInfo?: CloseInfo };
    expect(info.closeInfo).toMatchObject({ code: 1000, clean: false });
  });

  it("by await using closes at the end of the block", async () => {
    const { server, left } = await openServer(transport);
    {
      await using client = createClient({ dialer: transport.dialer() });
      await client.connect(server.dialUrl);
    }
    expect((await within(left, "the server's disconnect")).code).toBe(1000);
  });
});
