// The chat of `talks.mjs`, with a store in memory or in a folder.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createChat, MemoryChatStore } from "@im/chat";
import { openLevelChatStore } from "@im/chat-level";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "im-bench-"));
const store = process.argv[2] === "level" ? await openLevelChatStore({ folder }) : new MemoryChatStore();
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
    await store.close?.();
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    rmSync(folder, { recursive: true });
    return { bytes, messages: store.messageCount };
  },
};
process.on("message", async ({ command, ...options }) => process.send((await commands[command](options)) ?? {}));
process.send({ address: server.dialUrl });
