import { createHash } from "node:crypto";
import {
  context,
  harness,
  type Parsed,
  RawPeer,
  type RawServer,
  type RawTransport,
  startRawServer as startRawServerOf,
} from "@im/test-support/raw-peer";
import type { RefusalReason } from "@im/transport-core";
import { expect, onTestFinished } from "vitest";
import { createWsServer, type WsDialerOptions, type WsServerOptions, wsDialer } from "../../src/index.js";
import { frame, parseFrame, type RawWsFrame } from "./raw-frames.js";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** An upgrade request, put together here without `ws`. Headers of `undefined` are left out. */
export function upgradeRequest(path = "/", headers: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const all: Record<string, string | undefined> = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Buffer.from([`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
}

/** The answer that agrees to an upgrade request with this key, and has these headers besides. */
export function upgradeAnswer(key: string, ...headers: readonly string[]): Buffer {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return Buffer.from([...lines, `Sec-WebSocket-Accept: ${accept}`, ...headers, "", ""].join("\r\n"));
}

/** A peer that sends bytes, at either end of a WebSocket connection. */
export class RawWsPeer extends RawPeer<RawWsFrame> {
  /** What comes before the first empty line. */
  #head: string | undefined;

  /** The status line and the headers of the answer, or of the request. */
  async head(): Promise<string> {
    await this.until(() => this.#head !== undefined, "the HTTP head");
    return this.#head!;
  }

  /** What follows an HTTP head, once the other side has ended the connection. */
  async body(): Promise<string> {
    await this.ended();
    return this.rest.toString();
  }

  protected override parse(bytes: Buffer): Parsed<RawWsFrame> | undefined {
    if (this.#head === undefined) return this.#parseHead(bytes);
    if (!this.#head.startsWith("HTTP/1.1 101 ") && !this.#head.startsWith("GET ")) return undefined;
    const whole = parseFrame(bytes);
    return whole && { byteLength: whole.size, frame: whole };
  }

  #parseHead(bytes: Buffer): Parsed<RawWsFrame> | undefined {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    this.#head = bytes.toString("latin1", 0, end);
    this.wake();
    return { byteLength: end + 4 };
  }
}

/** The answer that agrees to the upgrade request of this client, and has these headers besides. */
export async function agreement(peer: RawWsPeer, ...headers: readonly string[]): Promise<Buffer> {
  return upgradeAnswer(/^Sec-WebSocket-Key: (.*)$/im.exec(await peer.head())![1]!.trim(), ...headers);
}

async function opened(peer: RawWsPeer): Promise<void> {
  const head = await peer.head();
  if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`expected 101, got ${head}`);
}

const refusalStatus = (why: RefusalReason) => (why === "max-connections" ? 503 : 429);

/** WebSocket, for the raw-peer suite. */
export const rawWs: RawTransport<WsServerOptions, WsDialerOptions, RawWsPeer> = {
  scheme: "ws",
  tlsScheme: "wss",
  dialPath: "/",
  createServer: createWsServer,
  createDialer: wsDialer,
  located: (options) => (options.server ? options : { host: "127.0.0.1", ...options }),
  peerOn: (socket) => new RawWsPeer(socket),
  opening: upgradeRequest(),
  opened,
  agreement,
  frame,
  declaring: (payloadBytes) => frame(2, "abcd", { declares: payloadBytes }),
  largestLength: 2n ** 62n,
  unfinished: [
    ["of a header", Buffer.from("82fe", "hex")],
    ["of a mask", Buffer.from("828a1122", "hex")],
    ["of a payload", frame(2, "0123456789").subarray(0, 9)],
    ["of a fragmented message", frame(2, "a fragment", { fin: false })],
  ],
  flood: frame(2, Buffer.alloc(256 * 1024)),
  answersClose: true,
  async expectRefusal(peer, why) {
    const head = await peer.head();
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${refusalStatus(why)} `));
    expect(head).toMatch(/^Retry-After: 1$/m);
  },
  async expectRefusedDial(dialling, why) {
    await expect(dialling).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      message: expect.stringContaining(String(refusalStatus(why))),
    });
  },
};

export const { start, connect, open, loggedIn, dial, expectToServeAGoodClient } = harness(rawWs);

/** A peer that has upgraded on this path. */
export async function upgraded(port: number, path?: string, headers?: Record<string, string>): Promise<RawWsPeer> {
  const peer = await connect(port);
  peer.send(upgradeRequest(path, headers));
  await opened(peer);
  return peer;
}

export const startRawServer = () => startRawServerOf((socket) => new RawWsPeer(socket));
export const urlOf = ({ port }: RawServer<RawWsPeer>): string => `ws://127.0.0.1:${port}`;

/** Dials a raw server, which answers with the bytes that `answer` gives. */
export async function dialRaw(
  server: RawServer<RawWsPeer>,
  answer: (peer: RawWsPeer) => Promise<Uint8Array>,
  options: WsDialerOptions = {},
) {
  const dialling = wsDialer(options).dialAndHandshake(context(urlOf(server)));
  dialling.catch(() => {});
  const peer = await server.peers.next();
  peer.send(await answer(peer));
  const conn = await dialling;
  onTestFinished(() => conn.destroy());
  return { conn, peer };
}
