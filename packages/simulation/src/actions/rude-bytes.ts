import { OpCode } from "@im/transport-core";
import { Flag } from "@im/wire";
import type { Random } from "../kernel/random.js";
import type { Product } from "../product/evaluate.js";
import { encodeJson } from "../world/json.js";

/** What a stranger sends: some bytes, made of the product's own packets or of none. */
export type RudeBytes = (product: Product, random: Random) => Uint8Array;

const binary = ({ encodeFrame }: Product, payload: Uint8Array) => encodeFrame(OpCode.Binary, payload);

const signIn: RudeBytes = (product, random) => {
  const { createLogicPkt, marshal, encodeLoginReq } = product;
  const body = encodeLoginReq({ token: `x/d${random.int(1, 3)}` });
  return binary(product, marshal(createLogicPkt({ command: "login.signin", sequence: random.int(0, 3), body })));
};

const request: RudeBytes = (product, random) => {
  const flag = random.weighted([
    [4, Flag.Request],
    [1, Flag.Response],
    [1, Flag.Push],
  ]);
  const command = random.pick(["sync", "async", "unknown", "login.signin", "login.signout"]);
  const { createLogicPkt, marshal } = product;
  const body = encodeJson({ id: 0, mode: random.pick(["sync", "hang"]), ms: 1, size: random.pick([0, 20_000]) });
  return binary(product, marshal(createLogicPkt({ command, sequence: random.int(0, 3), flag, body })));
};

/** Bytes by name, and how often each comes. */
export const rudeBytes: readonly (readonly [number, RudeBytes])[] = [
  [4, signIn],
  [6, request],
  [2, (product) => binary(product, product.marshal(product.basicPing))],
  [1, ({ encodeFrame }) => encodeFrame(OpCode.Ping, new Uint8Array(3))],
  [1, ({ encodeFrame }) => encodeFrame(OpCode.Close, new Uint8Array(0))],
  [1, ({ encodeFrame }) => encodeFrame(OpCode.Text, new Uint8Array([104, 105]))],
  [1, (_product, random) => garbage(random, random.int(1, 200))],
  [1, (product, random) => binary(product, garbage(random, random.int(1, 200)))],
  // The header of a message that never comes whole, or is too large.
  [
    1,
    (_product, random) =>
      new Uint8Array([
        OpCode.Binary,
        ...random.pick([
          [0, 0, 64, 0],
          [255, 255, 255, 255],
        ]),
      ]),
  ],
];

function garbage(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  random.fill(bytes);
  return bytes;
}
