import { randomBytes } from "node:crypto";

export const OpCode = { text: 1, binary: 2 };

const FIN = 0x80;
const MASKED = 0x80;

function header(length, opCode, masked) {
  const flag = masked ? MASKED : 0;
  if (length < 126) return Buffer.from([FIN | opCode, flag | length]);
  const bytes = Buffer.alloc(4, FIN | opCode);
  if (length > 0xffff) throw new Error("the benchmarks send no messages above 64 KiB");
  bytes[1] = flag | 126;
  bytes.writeUInt16BE(length, 2);
  return bytes;
}

/** A frame as a client sends it. */
export function clientFrame(payload, opCode = OpCode.binary) {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]));
  return Buffer.concat([header(payload.length, opCode, true), mask, masked]);
}

/** A frame as a server sends it. */
export function serverFrame(payload, opCode = OpCode.binary) {
  return Buffer.concat([header(payload.length, opCode, false), payload]);
}

/** The first frame from a server, or undefined while it is not complete. */
export function completeServerFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const long = bytes[1] === 126;
  const start = long ? 4 : 2;
  if (bytes.length < start) return undefined;
  const end = start + (long ? bytes.readUInt16BE(2) : bytes[1]);
  return bytes.length < end ? undefined : { payload: bytes.subarray(start, end), bytes: end };
}

export function upgradeRequest(path) {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
}

/** @returns how many bytes the answer to an upgrade has, 0 while it is not complete */
export function upgradeAnswer(bytes) {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return 0;
  const head = bytes.toString("latin1", 0, end);
  if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`the upgrade was answered with ${head.split("\r\n", 1)[0]}`);
  return end + 4;
}
