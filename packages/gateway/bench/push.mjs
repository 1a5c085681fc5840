// One push to 1,000 accounts, half on WebSocket and half on TCP: `node bench/push.mjs`, after `pnpm build`.
// Gateway and receivers are processes of their own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { OpCode } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { commands, createRequest, marshal, Sequence } from "@im/wire";
import { encodeLoginReq } from "@im/wire/codec";

const ACCOUNTS = 1_000;
const [pushes, rounds] = [Number(process.env.PUSHES ?? 50), Number(process.env.ROUNDS ?? 5)];

const server = fork(new URL("push-server.mjs", import.meta.url), [String(ACCOUNTS)]);
const [{ ws, tcp }] = await once(server, "message");

let received = 0;
let expected = Number.POSITIVE_INFINITY;
let allThere = () => {};
const count = () => {
  if (++received === expected) allThere();
};

async function signIn(account) {
  const [dialer, address] = account % 2 ? [wsDialer(), ws] : [tcpDialer(), tcp];
  const conn = await dialer.dialAndHandshake({ id: "", name: "", address, timeoutMs: 10_000 });
  const body = encodeLoginReq({ token: `user-${account}` });
  conn.writeFrame(OpCode.Binary, marshal(createRequest({ command: commands.loginSignIn, body }, new Sequence())));
  conn.flush();
  await conn.readFrame();
  conn.readFrames({ frame: count, end: () => {} });
}

for (let account = 0; account < ACCOUNTS; account++) await signIn(account);

const results = [];
for (let round = 0; round < rounds; round++) {
  received = 0;
  expected = ACCOUNTS * pushes;
  const arrived = new Promise((resolve) => {
    allThere = resolve;
  });
  const startMs = performance.now();
  server.send({ pushes });
  const [[{ cpuMs }]] = await Promise.all([once(server, "message"), arrived]);
  const tookMs = performance.now() - startMs;
  results.push({ perSecond: (expected * 1000) / tookMs, us: (cpuMs * 1000) / expected });
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const perSecond = Math.round(median(results.map((one) => one.perSecond)));
console.log(
  `${perSecond} deliveries/s, ${median(results.map(({ us }) => us)).toFixed(2)} µs of the gateway's CPU each`,
);
server.kill();
process.exit();
