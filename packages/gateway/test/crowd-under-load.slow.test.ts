import { commands, Flag, type Packet } from "@im/wire";
import { decodeBody, encodeBody, MessagePushSchema, MessageReqSchema } from "@im/wire/messages";
import { expect, it } from "vitest";
import { signInCrowd } from "./support/crowd.js";
import { randomOf } from "./support/shuffled-directory.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { within } from "./support/within.js";

/** `pnpm test:long` runs the full length. */
const { users, perSecond, seconds } = process.env.LONG_TESTS
  ? { users: 2_000, perSecond: 1_000, seconds: 60 }
  : { users: 200, perSecond: 500, seconds: 2 };
const TICK_MS = 10;

interface Talk {
  readonly sender: number;
  readonly receiver: number;
  readonly dueMs: number;
}

/** All come from one address. */
const manyFromHere = { maxConnectionsPerAddress: 10_000 };

it(`${users} users under ${perSecond} messages a second for ${seconds} s: exact counts, in order per sender`, async () => {
  const setUp = (gateway: Started["gateway"]) => {
    gateway.handle(commands.chatUserTalk, async (ctx) => {
      const { body } = ctx.body;
      await ctx.push(ctx.dest, commands.chatUserTalk, { body, sender: ctx.session.account });
      ctx.respond({ messageId: 1n });
    });
  };
  const started = await startGateway(setUp, {}, manyFromHere);
  const peers = await signInCrowd(started, users);
  const random = randomOf(7);
  const talks: Talk[] = [];
  /** Of each sender and receiver, the number of the last talk that arrived. */
  const lastArrived = new Map<string, number>();
  const [disorder, latencies] = [[] as string[], [] as number[]];
  let [responses, pushes] = [0, 0];
  const wanted = perSecond * seconds;
  let allThere: () => void = () => {};
  const everything = new Promise<void>((resolve) => {
    allThere = resolve;
  });

  const arrived = (receiver: number, packet: Packet): void => {
    if (packet.kind !== "logic") throw new Error("an unexpected BasicPkt");
    if (packet.flag === Flag.Response) {
      if (packet.status !== 0) throw new Error(`a talk was answered with ${packet.status}`);
      responses++;
    } else {
      const { body, sender } = decodeBody(MessagePushSchema, packet.body);
      const number = Number(body);
      const talk = talks[number]!;
      if (talk.receiver !== receiver || sender !== `user-${talk.sender}`)
        disorder.push(`${number} is not for ${receiver}`);
      const pair = `${talk.sender} to ${receiver}`;
      if ((lastArrived.get(pair) ?? -1) >= number) disorder.push(`${number} from ${pair} came late or twice`);
      lastArrived.set(pair, number);
      latencies.push(performance.now() - talk.dueMs);
      pushes++;
    }
    if (responses === wanted && pushes === wanted) allThere();
  };
  for (const [receiver, peer] of peers.entries()) peer.listen((packet) => arrived(receiver, packet));

  // An open loop: requests are sent when due, whether or not earlier ones were answered.
  const startMs = performance.now();
  while (talks.length < wanted) {
    const dueCount = Math.min(wanted, Math.ceil(((performance.now() - startMs) / 1000) * perSecond));
    while (talks.length < dueCount) {
      const sender = random(users);
      const receiver = random(users);
      const number = talks.push({ sender, receiver, dueMs: startMs + (talks.length / perSecond) * 1000 }) - 1;
      const body = encodeBody(MessageReqSchema, { type: 1, body: String(number) });
      peers[sender]!.send({ command: commands.chatUserTalk, dest: `user-${receiver}`, body });
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await within(everything, "the last message");

  expect({ responses, pushes, disorder }).toEqual({ responses: wanted, pushes: wanted, disorder: [] });
  expect(started.errors).toEqual([]);
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.floor(part * latencies.length)]!.toFixed(1);
  console.log(
    `${users} users, ${perSecond}/s, ${seconds} s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms from due to delivered`,
  );
}, 180_000);
