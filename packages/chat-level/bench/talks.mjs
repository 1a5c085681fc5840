// Talks between users over TCP, stored, answered and delivered: `node bench/talks.mjs [memory|level|postgres]`, after `pnpm build`.
// The server is a process of its own on one core, if `taskset` is there.
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { OpCode } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { commands, createRequest, Flag, marshal, read, Sequence } from "@im/wire";
import { encodeLoginReq } from "@im/wire/codec";
import { compactCommandMap } from "@im/wire/compact";

const store = process.argv[2] ?? "level";
const [users, seconds] = [Number(process.env.USERS ?? 500), Number(process.env.SECONDS ?? 10)];
const talk = compactCommandMap["chat.user.talk"];

const program = fileURLToPath(new URL("talks-server.mjs", import.meta.url));
const server = fork(program, [store], {
  execPath: process.env.TASKSET ? "taskset" : process.execPath,
  execArgv: process.env.TASKSET ? ["-c", "0", process.execPath] : [],
});
const [{ address }] = await once(server, "message");
const ask = async (command, options = {}) => {
  server.send({ command, ...options });
  return (await once(server, "message"))[0];
};

let acknowledged = 0;
let delivered = 0;
let latencies = [];

class User {
  static async signIn(n) {
    const user = new User();
    user.conn = await tcpDialer().dialAndHandshake({ id: "", name: "", address, timeoutMs: 10_000 });
    user.sequence = new Sequence();
    user.sent = [];
    user.answered = () => {};
    user.n = n;
    const body = encodeLoginReq({ token: `user-${n}` });
    user.conn.writeFrame(OpCode.Binary, marshal(createRequest({ command: commands.loginSignIn, body }, user.sequence)));
    user.conn.flush();
    await user.conn.readFrame();
    user.conn.readFrames({ frame: (_, payload) => user.receive(read(payload)), end: () => {} });
    return user;
  }
  talk(to, sentMs = performance.now()) {
    this.sent.push(sentMs);
    // 100 characters that do not compress well.
    const body = talk.request.encode({ type: 1, body: randomBytes(75).toString("base64") });
    const request = createRequest({ command: commands.chatUserTalk, dest: `user-${to}`, body }, this.sequence);
    this.conn.writeFrame(OpCode.Binary, marshal(request));
  }
  receive(packet) {
    if (packet.flag === Flag.Push) {
      delivered++;
      return;
    }
    if (packet.status !== 0) throw new Error(`status ${packet.status}`);
    latencies.push(performance.now() - this.sent.shift());
    acknowledged++;
    this.answered();
  }
}

const all = [];
for (let n = 0; n < users; n++) all.push(await User.signIn(n));
const someone = (n) => (n + 1 + Math.floor(Math.random() * (users - 1))) % users;
const percentile = (part) => latencies.sort((a, b) => a - b)[Math.floor(part * latencies.length)] ?? 0;

async function measure(name, run) {
  [acknowledged, delivered, latencies] = [0, 0, []];
  await ask("begin");
  const startMs = performance.now();
  await run(startMs + seconds * 1000);
  const tookSeconds = (performance.now() - startMs) / 1000;
  const { loopP99Ms, cpuMs } = await ask("end");
  const perSecond = acknowledged / tookSeconds;
  console.log(
    `${store}, ${name}: ${Math.round(perSecond)} acknowledged/s, ${Math.round(delivered / tookSeconds)} delivered/s, ` +
      `ack p50 ${percentile(0.5).toFixed(1)} p99 ${percentile(0.99).toFixed(1)} ms, event loop p99 ${loopP99Ms.toFixed(1)} ms, ` +
      `${((cpuMs * 1000) / acknowledged).toFixed(0)} µs CPU each`,
  );
  return perSecond;
}

/** Each user has one talk on its way. */
async function closedLoop(untilMs) {
  await Promise.all(
    all.map(
      (user) =>
        new Promise((done) => {
          user.answered = () => (performance.now() < untilMs ? user.talk(someone(user.n)) : done());
          user.talk(someone(user.n));
        }),
    ),
  );
}

/** What is due is sent, whatever has come back; latencies count from when it was due. */
async function openLoop(perSecond, untilMs) {
  const startMs = performance.now();
  let sent = 0;
  for (const user of all) user.answered = () => {};
  while (performance.now() < untilMs) {
    for (const due = ((performance.now() - startMs) / 1000) * perSecond; sent < due; sent++) {
      const user = all[Math.floor(Math.random() * users)];
      user.talk(someone(user.n), startMs + (sent / perSecond) * 1000);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  while (acknowledged < sent) await new Promise((resolve) => setTimeout(resolve, 5));
}

await measure("warming up", closedLoop);
const full = await measure("full load", closedLoop);
await measure("half load", (untilMs) => openLoop(full / 2, untilMs));
for (const members of [10, 10_000]) {
  const { usEach } = await ask("storeToGroup", { members, messages: 10_000 });
  console.log(`${store}: storing to a group of ${members}: ${usEach.toFixed(0)} µs a message, 100 at a time`);
}
const { bytes, messages } = await ask("stop");
if (messages)
  console.log(`${store}: ${(bytes / messages).toFixed(0)} bytes on disk a message of 100 bytes, of ${messages}`);
server.kill();
process.exit();
