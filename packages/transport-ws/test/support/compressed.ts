import type { Socket } from "node:net";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { harness } from "@im/test-support/raw-peer";
import { CompressedConnDriver } from "../../src/compression/compressed-conn-driver.js";
import type { Compression } from "../../src/compression/compression.js";
import { createWsServer, wsDialer } from "../../src/index.js";
import { WsConnDriver } from "../../src/ws-conn-driver.js";
import type { PuppetSocket } from "./puppet-socket.js";
import { type FrameShape, frame } from "./raw-frames.js";
import { rawWs, upgradeRequest } from "./raw-ws.js";

/** RSV1, for {@link frame}. */
export const RSV1 = 4;
/** What a parsed frame has besides its opcode if it begins a compressed message. */
export const COMPRESSED = 0x40;

/** The payload of a compressed message, without context. */
export function deflated(text: string | Uint8Array, level?: number): Buffer {
  const bytes = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH, ...(level !== undefined && { level }) });
  return bytes.subarray(0, -4);
}

/** What a payload says that was compressed without context. */
export function inflated(payload: Uint8Array): string {
  const whole = Buffer.concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)]);
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

/** A compressed message in one frame. */
export function compressed(opCode: number, text: string | Uint8Array, shape: FrameShape = {}): Buffer {
  return frame(opCode, deflated(text), { rsv: RSV1, ...shape });
}

/** Its fragments, each of so many bytes. */
export function fragments(opCode: number, payload: Uint8Array, bytes: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length; at += bytes) {
    const shape = { fin: at + bytes >= payload.length, ...(at === 0 && { rsv: RSV1 }) };
    parts.push(frame(at === 0 ? opCode : 0, payload.subarray(at, at + bytes), shape));
  }
  return parts;
}

/** An upgrade request with these offers. */
export const offering = (extensions: string) => upgradeRequest("/", { "Sec-WebSocket-Extensions": extensions });

/** WebSocket whose peers and servers agree on compression. */
export const rawCompressedWs: typeof rawWs = {
  ...rawWs,
  createServer: (options) => createWsServer({ perMessageDeflate: true, ...options }),
  createDialer: (options) => wsDialer({ perMessageDeflate: true, ...options }),
  opening: offering("permessage-deflate; client_max_window_bits"),
};

export const { start, open, loggedIn, dial } = harness(rawCompressedWs);

/** The server's driver of a connection that has agreed to compress, and the driver of the frames in it. */
export function compressedDriver(socket: PuppetSocket, compression: Compression, keepsContext = false) {
  const upgraded = { socket: socket as unknown as Socket, head: Buffer.alloc(0), subprotocol: "" };
  const frames = new WsConnDriver(upgraded, { isServer: true, maxFragments: 100 });
  const direction = { windowBits: 15, keepsContext };
  const driver = new CompressedConnDriver(frames, compression, { outgoing: direction, incoming: direction });
  return { driver, frames };
}
