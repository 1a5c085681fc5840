import { once } from "node:events";
import { HashChannelMap } from "@im/transport-core";
import { expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { Deflater } from "../../src/compression/deflater.js";
import { createWsServer, type PerMessageDeflateOptions } from "../../src/index.js";

const withContext = { threshold: 1, serverNoContextTakeover: false, clientNoContextTakeover: false };

/** A server and clients of `ws`, each with what it receives. */
async function crowd(clients: readonly object[], perMessageDeflate: PerMessageDeflateOptions) {
  const channels = new HashChannelMap();
  const server = createWsServer({
    host: "127.0.0.1",
    perMessageDeflate,
    channelMap: channels,
    messageListener: { receive() {} },
  });
  onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  await server.start();
  const peers = await Promise.all(
    clients.map(async (options) => {
      const webSocket = new WebSocket(server.dialUrl, options);
      const received: string[] = [];
      webSocket.on("message", (data: Buffer) => received.push(data.toString()));
      await once(webSocket, "open");
      return { webSocket, received };
    }),
  );
  const deflate = vi.spyOn(Deflater.prototype, "deflate");
  onTestFinished(() => deflate.mockRestore());
  /** All of them have received so many messages. */
  const receivedBy = (count: number) =>
    vi.waitFor(() => expect(peers.map(({ received }) => received.length)).toEqual(peers.map(() => count)), 5_000);
  return { server, peers, deflate, receivedBy, channels: () => [...channels.all()] };
}

const text = (name: string) => Buffer.from(`${name} `.repeat(200));

it("a broadcast is compressed once for all connections that agreed, and reaches the others as it is", async () => {
  const { server, peers, deflate, receivedBy } = await crowd([{}, {}, { perMessageDeflate: false }, {}, {}], {
    threshold: 100,
  });
  expect(server.broadcast(text("one"))).toBe(5);
  expect(server.broadcast(text("two"))).toBe(5);
  expect(server.broadcast(Buffer.from("short"))).toBe(5);
  await receivedBy(3);
  for (const { received } of peers) expect(received).toEqual([String(text("one")), String(text("two")), "short"]);
  expect(deflate).toHaveBeenCalledTimes(2);
});

it("a payload that is pushed to several connections is compressed once as well", async () => {
  const { deflate, receivedBy, channels } = await crowd([{}, {}, {}], { threshold: 100 });
  const payload = text("shared");
  for (const channel of channels()) channel.push(payload);
  await receivedBy(1);
  expect(deflate).toHaveBeenCalledTimes(1);
  // The memory may have another message in it by now.
  payload.fill("b");
  for (const channel of channels()) channel.push(payload);
  await receivedBy(2);
  expect(deflate).toHaveBeenCalledTimes(2);
});

it("window sizes differ: each gets a frame that it can read", async () => {
  const { server, peers, deflate, receivedBy } = await crowd(
    [{}, { perMessageDeflate: { serverMaxWindowBits: 8 } }, { perMessageDeflate: { serverMaxWindowBits: 10 } }],
    { threshold: 100 },
  );
  const noise = Array.from({ length: 2_000 }, (_, i) => (i * i * 2_654_435_761) >>> 16).join();
  server.broadcast(Buffer.from(noise + noise));
  await receivedBy(1);
  for (const { received } of peers) expect(received).toEqual([noise + noise]);
  expect(deflate).toHaveBeenCalledTimes(3);
});

it("on connections with context, broadcasts between messages of their own are read, and compressed once", async () => {
  const { server, peers, deflate, receivedBy, channels } = await crowd([{}, {}, {}], withContext);
  for (let round = 0; round < 5; round++) {
    for (const [i, channel] of channels().entries()) channel.push(text(`own ${i}`));
    server.broadcast(text("all"));
    for (const [i, channel] of channels().entries()) channel.push(text(`own ${i}`));
    await receivedBy(3 * (round + 1));
  }
  for (const [i, { received }] of peers.entries()) {
    const round = [`own ${i}`, "all", `own ${i}`].map((name) => String(text(name)));
    expect(received).toEqual(Array.from({ length: 5 }, () => round).flat());
  }
  expect(deflate).toHaveBeenCalledTimes(5 * (3 + 1 + 3));
});
