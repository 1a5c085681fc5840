import { OpCode } from "@im/transport-core";
import { Flag } from "@im/wire";
import type { Random } from "../kernel/random.js";
import type { Product } from "../product/evaluate.js";
import { encodeJson } from "../world/json.js";
import type { RudeWire } from "./rude-wires.js";

/** What a stranger speaks with. */
interface Stranger {
  readonly product: Product;
  readonly wire: RudeWire;
}

/** What a stranger sends: some bytes, made of the product's own packets or of none. */
type RudeBytes = (stranger: Stranger, random: Random) => Uint8Array;

const frame = ({ product, wire }: Stranger, opCode: OpCode, ...payload: number[]) =>
  wire.frame(product, opCode, Uint8Array.from(payload));
const binary = ({ product, wire }: Stranger, payload: Uint8Array) => wire.frame(product, OpCode.Binary, payload);

const signIn: RudeBytes = (stranger, random) => {
  const { createLogicPkt, marshal, encodeLoginReq } = stranger.product;
  const body = encodeLoginReq({ token: `x/d${random.int(1, 3)}` });
  return binary(stranger, marshal(createLogicPkt({ command: "login.signin", sequence: random.int(0, 3), body })));
};

const request: RudeBytes = (stranger, random) => {
  const flag = random.weighted([
    [4, Flag.Request],
    [1, Flag.Response],
    [1, Flag.Push],
  ]);
  const command = random.pick(["sync", "async", "unknown", "login.signin", "login.signout"]);
  const { createLogicPkt, marshal } = stranger.product;
  const body = encodeJson({ id: 0, mode: random.pick(["sync", "hang"]), ms: 1, size: random.pick([0, 20_000]) });
  return binary(stranger, marshal(createLogicPkt({ command, sequence: random.int(0, 3), flag, body })));
};

/** Bytes by name, and how often each comes. */
export const rudeBytes: readonly (readonly [number, RudeBytes])[] = [
  [4, signIn],
  [6, request],
  [2, (stranger) => binary(stranger, stranger.product.marshal(stranger.product.basicPing))],
  [1, (stranger) => frame(stranger, OpCode.Ping, 0, 0, 0)],
  [1, (stranger) => frame(stranger, OpCode.Close)],
  [1, (stranger) => frame(stranger, OpCode.Text, 104, 105)],
  [1, (_stranger, random) => garbage(random, random.int(1, 200))],
  [1, (stranger, random) => binary(stranger, garbage(random, random.int(1, 200)))],
  [1, ({ wire }, random) => wire.header(random)],
];

function garbage(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  random.fill(bytes);
  return bytes;
}
