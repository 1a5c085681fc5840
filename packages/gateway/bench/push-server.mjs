// The gateway of `push.mjs`: when it is told to, it pushes a message of 128 bytes to all accounts, so many times.
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { commands } from "@im/wire";

const accounts = Array.from({ length: Number(process.argv[2]) }, (_, account) => `user-${account}`);
const servers = [createWsServer({ host: "127.0.0.1" }), createTcpServer({ host: "127.0.0.1" })];
const gateway = createGateway({ servers, authenticate: ({ token }) => ({ account: token }) });
await gateway.start();
const [ws, tcp] = servers.map(({ dialUrl }) => dialUrl);
process.send({ ws, tcp });

const body = new Uint8Array(128).fill(7);
process.on("message", async ({ pushes }) => {
  const before = process.cpuUsage();
  for (let count = 0; count < pushes; count++) {
    await gateway.push(accounts, commands.chatGroupTalk, body);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  process.send({ cpuMs: (user + system) / 1000 });
});
