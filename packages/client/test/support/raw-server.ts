import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Transport } from "./transports.js";
import { deferred } from "./waiting.js";

/** A server of bare sockets: it shakes hands, counts what comes, and says only what the test has it say. */
export async function openRawServer({ name }: Transport) {
  const first = deferred<Socket>();
  const sockets = new Set<Socket>();
  /** Resolve as that many bytes have come after the handshake. */
  const waiting: { readonly bytes: number; resolve(): void }[] = [];
  let received = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let isReady = name === "tcp";
    let request = "";
    if (isReady) first.resolve(socket);
    socket.on("data", (chunk) => {
      if (isReady) {
        received += chunk.length;
        for (const { bytes, resolve } of waiting) if (received >= bytes) resolve();
        return;
      }
      request += chunk.toString("latin1");
      if (!request.endsWith("\r\n\r\n")) return;
      isReady = true;
      socket.write(upgraded(request));
      first.resolve(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: name === "tcp" ? `tcp://127.0.0.1:${port}` : `ws://127.0.0.1:${port}/`,
    /** The first connection, its handshake done. */
    socket: first.promise,
    /** Resolves when that many Pings without payload have come. */
    pings(count: number): Promise<void> {
      const { promise, resolve } = deferred();
      // `09 00000000`, or `89 80` and a mask.
      const bytes = count * (name === "tcp" ? 5 : 6);
      if (received >= bytes) resolve();
      waiting.push({ bytes, resolve });
      return promise;
    },
    binary(payload: Uint8Array): Uint8Array {
      const header = name === "tcp" ? [2, 0, 0, 0, payload.length] : [0x82, payload.length];
      return Uint8Array.of(...header, ...payload);
    },
    get receivedBytes() {
      return received;
    },
  };
}

function upgraded(request: string): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(request)?.[1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}
