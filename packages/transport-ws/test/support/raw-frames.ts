import { closePayload, type RawFrame } from "@im/test-support/raw-peer";

/** What a test may want of a frame; what it does not say is as RFC 6455 wants it of a client. */
export interface FrameShape {
  readonly fin?: boolean;
  /** RSV1 to RSV3 as three bits. */
  readonly rsv?: number;
  /** `undefined` for a frame that is not masked. */
  readonly mask?: readonly number[] | undefined;
  /** The length that the header tells, if it is to lie. */
  readonly declares?: bigint;
}

const FIN = 0x80;
const MASK = [0x11, 0x22, 0x33, 0x44];

/** A WebSocket frame, put together here without the code under test. */
export function frame(opCode: number, payload: string | Uint8Array = "", shape: FrameShape = {}): Buffer {
  const { fin = true, rsv = 0, mask = "mask" in shape ? shape.mask : MASK } = shape;
  const body = typeof payload === "string" ? Buffer.from(payload) : payload;
  const length = shape.declares ?? BigInt(body.length);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opCode;
  const maskBit = mask ? 0x80 : 0;
  let header: Buffer;
  if (length < 126n) {
    header = Buffer.from([first, maskBit | Number(length)]);
  } else if (length < 65536n) {
    header = Buffer.from([first, maskBit | 126, 0, 0]);
    header.writeUInt16BE(Number(length), 2);
  } else {
    header = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(length, 2);
  }
  if (!mask) return Buffer.concat([header, body]);
  return Buffer.concat([header, Buffer.from(mask), masked(body, mask)]);
}

function masked(bytes: Uint8Array, mask: ArrayLike<number>): Buffer {
  const result = Buffer.from(bytes);
  for (let i = 0; i < result.length; i++) result[i]! ^= mask[i & 3]!;
  return result;
}

export function closeFrame(code: number, reason?: string, shape?: FrameShape): Buffer {
  return frame(8, closePayload(code, reason), shape);
}

export interface RawWsFrame extends RawFrame {
  readonly masked: boolean;
  /** The whole frame, in bytes. */
  readonly size: number;
}

/** The first frame of these bytes, if it is there whole. */
export function parseFrame(bytes: Buffer): RawWsFrame | undefined {
  if (bytes.length < 2) return undefined;
  const isMasked = bytes[1]! >= 0x80;
  let length = bytes[1]! & 0x7f;
  let start = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    start = 10;
  }
  const mask = isMasked ? bytes.subarray(start, start + 4) : undefined;
  if (mask) start += 4;
  if (bytes.length < start + length) return undefined;
  const body = bytes.subarray(start, start + length);
  const payload = mask ? masked(body, mask) : Buffer.from(body);
  // Reserved bits, or FIN that is not set, make it another opcode.
  return { opCode: bytes[0]! ^ FIN, masked: isMasked, payload, size: start + length };
}
