import { once } from "node:events";
import { OpCode } from "@im/transport-core";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createWsServer, type PerMessageDeflateOptions, wsDialer } from "../../src/index.js";

/** Empty, small, large, repetitive, random, and not ASCII. */
const messages = [
  "",
  "hello",
  "hello again, hello again",
  "äöü€😀 ".repeat(1_000),
  "a".repeat(300_000),
  Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * i * 2_654_435_761) >>> 16)).toString("latin1"),
  "hello",
];

const windows = [8, 9, 15];
const combinations: PerMessageDeflateOptions[] = [true, false].flatMap((serverNoContextTakeover) =>
  [true, false].flatMap((clientNoContextTakeover) =>
    windows.flatMap((serverMaxWindowBits) =>
      windows.map((clientMaxWindowBits) => ({
        serverNoContextTakeover,
        clientNoContextTakeover,
        serverMaxWindowBits,
        clientMaxWindowBits,
      })),
    ),
  ),
);

/** Some options of `ws` mean something else if they are false, or say what is so by itself. */
function asEngineOptions({ serverMaxWindowBits, clientMaxWindowBits, ...flags }: PerMessageDeflateOptions) {
  return {
    threshold: 0,
    ...(flags.serverNoContextTakeover && { serverNoContextTakeover: true }),
    ...(flags.clientNoContextTakeover && { clientNoContextTakeover: true }),
    ...(serverMaxWindowBits !== 15 && { serverMaxWindowBits: serverMaxWindowBits! }),
    ...(clientMaxWindowBits !== 15 && { clientMaxWindowBits: clientMaxWindowBits! }),
  };
}

it.each(combinations)("our server and the client of ws understand each other, with %j", async (options) => {
  const server = createWsServer({
    host: "127.0.0.1",
    perMessageDeflate: { threshold: 1, ...options },
    deliverEmptyMessages: true,
    messageListener: { receive: (agent, payload, opCode) => agent.push(payload, opCode) },
  });
  onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  await server.start();
  const webSocket = new WebSocket(server.dialUrl, { perMessageDeflate: asEngineOptions(options) });
  const echoes: string[] = [];
  const received = new Promise<void>((resolve) => {
    webSocket.on("message", (data: Buffer) => {
      if (echoes.push(data.toString()) === 2 * messages.length) resolve();
    });
  });
  await once(webSocket, "open");
  expect(webSocket.extensions).toBe("permessage-deflate");
  // In one go, and then in two fragments each.
  for (const message of messages) webSocket.send(message);
  for (const message of messages) {
    webSocket.send(message.slice(0, 3), { fin: false, binary: false });
    webSocket.send(message.slice(3), { fin: true, binary: false });
  }
  await received;
  expect(echoes).toEqual([...messages, ...messages]);
  webSocket.close();
  await once(webSocket, "close");
});

it.each(combinations)("our dialer and the server of ws understand each other, with %j", async (options) => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: asEngineOptions(options) });
  onTestFinished(() => void server.close());
  server.on("connection", (webSocket) => {
    expect(webSocket.extensions).toBe("permessage-deflate");
    webSocket.on("message", (data: Buffer) => webSocket.send(data.toString()));
  });
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const dialer = wsDialer({ perMessageDeflate: { threshold: 1, ...options } });
  const conn = await dialer.dialAndHandshake({ address: `ws://127.0.0.1:${port}` });
  for (const message of messages) conn.writeFrame(OpCode.Text, Buffer.from(message));
  for (const message of messages) {
    const { opCode, payload } = await conn.readFrame();
    expect(opCode).toBe(OpCode.Text);
    expect(Buffer.from(payload).toString()).toBe(message);
  }
  await conn.close();
  expect(await conn.closed).toMatchObject({ code: 1000, clean: true });
});
