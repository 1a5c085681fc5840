import { OpCode } from "@im/transport-core";
import type { Random } from "../kernel/random.js";
import type { Product } from "../product/evaluate.js";
import type { Transport } from "../world/transports.js";

/** How a stranger speaks on one transport. */
export interface RudeWire {
  /** What comes before the first frame. */
  hello(random: Random): string;
  frame(product: Product, opCode: OpCode, payload: Uint8Array): Uint8Array;
  /** The header of a frame that never comes whole, is too large, or must not be sent. */
  header(random: Random): Uint8Array;
}

const tcp: RudeWire = {
  hello: () => "",
  frame: ({ encodeFrame }, opCode, payload) => encodeFrame(opCode, payload),
  header: (random) =>
    Uint8Array.of(
      OpCode.Binary,
      ...random.pick([
        [0, 0, 64, 0],
        [255, 255, 255, 255],
      ]),
    ),
};

const GET = "GET / HTTP/1.1\r\nHost: im.example\r\n";
const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
const KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

/** Requests by how often each comes. */
const hellos: readonly (readonly [number, string])[] = [
  [8, `${GET}${UPGRADE}${KEY}\r\n`],
  [1, `${GET}\r\n`],
  [1, `${GET}\r\n${GET}${UPGRADE}${KEY}\r\n`],
  [1, `${GET}${UPGRADE}Sec-WebSocket-Key: short\r\n\r\n`],
  [1, `${GET}${UPGRADE.replace("13", "8")}${KEY}\r\n`],
  [1, `${GET}${UPGRADE}${KEY}`],
  [1, `POST / HTTP/1.1\r\nHost: im.example\r\nContent-Length: 9\r\n${UPGRADE}${KEY}\r\n`],
  [1, `${GET}${UPGRADE}${KEY}X: ${"x".repeat(20_000)}\r\n\r\n`],
  [1, ""],
];

const ws: RudeWire = {
  hello: (random) => random.weighted(hellos),
  // A mask of zeros leaves the payload as it is.
  frame: (_product, opCode, payload) => {
    const { length } = payload;
    const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255];
    return Uint8Array.of(0x80 | opCode, ...size, 0, 0, 0, 0, ...payload);
  },
  header: (random) =>
    Uint8Array.from(
      random.pick([
        [0x82, 0xfe, 64, 0, 0, 0, 0, 0],
        [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        // Not masked, an unknown opcode, a reserved bit, a fragment of nothing, a control frame in fragments.
        [0x82, 1, 0],
        [0x83, 0x80, 0, 0, 0, 0],
        [0xc2, 0x80, 0, 0, 0, 0],
        [0x80, 0x80, 0, 0, 0, 0],
        [0x09, 0x80, 0, 0, 0, 0],
      ]),
    ),
};

export const rudeWires: Readonly<Record<Transport, RudeWire>> = { tcp, ws };
