import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../../tests/support/free-port.js";
import { sayWhatIsMissing } from "../../../../tests/support/say-what-is-missing.js";

export const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;
sayWhatIsMissing([{ name: "Redis", packages: ["redis-server"], isInstalled: hasRedisServer }]);

/** A server of its own on this machine: without persistence, on a free port of the loopback, in a temporary folder. */
export class RedisServer {
  readonly port: number;
  /** Where the servers of a Redis Cluster speak with each other. */
  readonly busPort: number;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  private constructor([port, busPort]: readonly [number, number], folder: string, settings: readonly string[]) {
    this.port = port;
    this.busPort = busPort;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** @param settings more arguments of redis-server */
  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "im-redis-"));
    const server = new RedisServer([await freePort(), await freePort()], folder, settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with what it has saved. */
  async start(): Promise<void> {
    const args = ["--port", `${this.port}`, "--cluster-port", `${this.busPort}`, "--bind", "127.0.0.1"];
    args.push("--dir", this.#folder, "--save", "");
    const server = spawn("redis-server", [...args, ...this.#settings], { stdio: "ignore" });
    this.#process = server;
    for (;;) {
      const reply = await this.command("PING").catch(() => "");
      if (reply.startsWith("+PONG")) break;
      if (server.exitCode !== null) throw new Error("redis-server has ended");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const answering = await this.command("INFO", "server");
    if (!answering.includes(`process_id:${server.pid}\r\n`)) throw new Error(`another server has port ${this.port}`);
  }

  /** Sends one command by a connection of its own. Gives the reply as Redis sends it, unless it is an error. */
  async command(...words: string[]): Promise<string> {
    const socket = connect(this.port, "127.0.0.1");
    const text = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    try {
      socket.write(`*${words.length}\r\n${text.join("")}`);
      const [reply] = await once(socket, "data");
      if (String(reply).startsWith("-")) throw new Error(`Redis does not accept ${words.join(" ")}: ${reply}`);
      return String(reply);
    } finally {
      socket.destroy();
    }
  }

  /** SIGSTOP: it keeps its connections, and does nothing. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends it by SIGKILL. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const exit = once(process, "exit");
    process.kill("SIGKILL");
    await exit;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true });
  }
}

/** A Redis Cluster of three servers. */
export class RedisServers {
  readonly servers: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  static async start(): Promise<RedisServers> {
    const settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "15000"];
    const servers = await Promise.all([1, 2, 3].map(() => RedisServer.start(settings)));
    const cluster = new RedisServers(servers);
    await cluster.#join();
    return cluster;
  }

  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.remove()));
  }

  async #join(): Promise<void> {
    const [first, ...others] = this.servers;
    const shares = [
      [0, 5460],
      [5461, 10_922],
      [10_923, 16_383],
    ];
    for (const [index, server] of this.servers.entries()) {
      await server.command("CLUSTER", "ADDSLOTSRANGE", ...shares[index]!.map(String));
      await server.command("CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`);
    }
    for (const { port, busPort } of others) {
      await first!.command("CLUSTER", "MEET", "127.0.0.1", `${port}`, `${busPort}`);
    }
    for (const server of this.servers) await isJoined(server, this.servers.length);
  }
}

async function isJoined(server: RedisServer, nodes: number): Promise<void> {
  for (;;) {
    const info = await server.command("CLUSTER", "INFO");
    if (info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
