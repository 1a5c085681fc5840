// The chat of `talks.mjs`, with a store in memory, in a folder or in Postgres.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createChat } from "@im/chat";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { measuredStores } from "./measured-stores.mjs";

const { store, close } = await measuredStores[process.argv[2]]();
const server = createTcpServer({ host: "127.0.0.1", maxConnectionsPerAddress: 100_000 });
const gateway = createGateway({ servers: [server], authenticate: ({ token }) => ({ account: token }) });
createChat({ gateway, store });
await gateway.start();

const delay = monitorEventLoopDelay({ resolution: 1 });
let cpu = process.cpuUsage();
const commands = {
  begin() {
    delay.reset();
    delay.enable();
    cpu = process.cpuUsage();
  },
  end() {
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    return { loopP99Ms: delay.percentile(99) / 1e6 - 1, cpuMs: (user + system) / 1000 };
  },
  /** What storing alone costs, with so many members. */
  async storeToGroup({ members, messages }) {
    const accounts = Array.from({ length: members }, (_, n) => `member ${n}`);
    const group = await store.createGroup({ name: "g", avatar: "", introduction: "", owner: "owner" }, accounts);
    const message = { sender: "owner", to: { group }, type: 1, body: "x".repeat(100), extra: "" };
    await store.add(message);
    const startMs = performance.now();
    for (let sent = 0; sent < messages; sent += 100) {
      await Promise.all(Array.from({ length: 100 }, () => store.add(message)));
    }
    return { usEach: ((performance.now() - startMs) * 1000) / messages };
  },
  async stop() {
    await gateway.shutdown({ signal: AbortSignal.abort() });
    return close();
  },
};
process.on("message", async ({ command, ...options }) => process.send((await commands[command](options)) ?? {}));
process.send({ address: server.dialUrl });
