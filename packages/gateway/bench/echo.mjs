// Echo throughput on TCP at window 32, over the gateway and beside it: `node bench/echo.mjs`, after `pnpm build`.
// Each server runs in a process of its own; rounds alternate, and the median of each kind is shown.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { commands, createRequest, marshal, Sequence } from "@im/wire";
import { encodeLoginReq } from "@im/wire/codec";
import { encodeBody, MessageReqSchema } from "@im/wire/messages";

const CONNECTIONS = 8;
const WINDOW = 32;
const [rounds, roundMs] = [Number(process.env.ROUNDS ?? 5), Number(process.env.ROUND_MS ?? 2_000)];
const kinds = ["plain", "raw", "typed", "compact"];

const frame = (payload) => {
  const head = Buffer.alloc(5);
  head[0] = 2;
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
};
const sequence = new Sequence();
const body = encodeBody(MessageReqSchema, { type: 1, body: "x".repeat(100), extra: "" });
const request = frame(marshal(createRequest({ command: commands.chatUserTalk, dest: "bob", body }, sequence)));

/** Sends requests so that `WINDOW` of them are always under way; counts the answers by their frames. */
class Connection {
  answers = 0;
  #socket;
  #rest = Buffer.alloc(0);

  async open(port, account) {
    this.#socket = connect(port, "127.0.0.1").setNoDelay(true);
    await once(this.#socket, "connect");
    if (account) {
      const login = encodeLoginReq({ token: account });
      this.#socket.write(frame(marshal(createRequest({ command: commands.loginSignIn, body: login }, sequence))));
      await once(this.#socket, "data");
    }
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.write(Buffer.concat(Array(WINDOW).fill(request)));
  }

  close() {
    this.#socket.destroy();
  }

  #take(chunk) {
    const bytes = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    let count = 0;
    for (; bytes.length - at >= 5; count++) {
      const end = at + 5 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      at = end;
    }
    this.#rest = bytes.subarray(at);
    this.answers += count;
    if (count) this.#socket.write(count === 1 ? request : Buffer.concat(Array(count).fill(request)));
  }
}

async function cpuOf(server) {
  server.send("cpu");
  const [{ cpu }] = await once(server, "message");
  return (cpu.user + cpu.system) / 1000;
}

async function measure(kind) {
  const server = fork(new URL("echo-server.mjs", import.meta.url), [kind]);
  const [{ port }] = await once(server, "message");
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection());
  await Promise.all(connections.map((one, index) => one.open(port, kind === "plain" ? "" : `user-${index}`)));
  const total = () => connections.reduce((sum, { answers }) => sum + answers, 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const [answers, cpuMs, startMs] = [total(), await cpuOf(server), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, roundMs));
  const [count, tookMs] = [total() - answers, performance.now() - startMs];
  const usPerMessage = (((await cpuOf(server)) - cpuMs) * 1000) / count;
  for (const one of connections) one.close();
  server.kill();
  return { perSecond: (count * 1000) / tookMs, usPerMessage };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const results = new Map(kinds.map((kind) => [kind, []]));
for (let round = 0; round < rounds; round++) for (const kind of kinds) results.get(kind).push(await measure(kind));
const plain = median(results.get("plain").map(({ perSecond }) => perSecond));
for (const [kind, runs] of results) {
  const perSecond = median(runs.map((run) => run.perSecond));
  const us = median(runs.map((run) => run.usPerMessage));
  const ratio = (perSecond / plain).toFixed(2);
  console.log(
    `${kind.padEnd(6)} ${Math.round(perSecond)} messages/s (${ratio}), ${us.toFixed(2)} µs of the server's CPU each`,
  );
}
