import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { onTestFinished } from "vitest";
import { ChatTalker } from "../../support/chat-talker.js";
import { PrintedLines } from "../../support/printed-lines.js";
import type { SharedServers } from "./shared-servers.js";

const program = fileURLToPath(new URL("chat-gateway-program.mjs", import.meta.url));

/** chat-gateway-program.mjs in a process of its own. */
export class ChatGateway {
  readonly #shared: SharedServers;
  readonly #leaseMs: number;
  #process!: ChildProcess;
  #id = "";
  /** Of TCP, and of WebSocket. */
  #addresses: readonly string[] = [];

  private constructor(shared: SharedServers, leaseMs: number) {
    this.#shared = shared;
    this.#leaseMs = leaseMs;
  }

  static async start(shared: SharedServers, leaseMs = 15_000): Promise<ChatGateway> {
    const gateway = new ChatGateway(shared, leaseMs);
    await gateway.#run();
    return gateway;
  }

  get id(): string {
    return this.#id;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** SIGKILL. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Drains it, and starts it again at the same addresses. */
  async restart(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exit;
    await this.#run();
  }

  /** The ids of the gateways at which the directory finds the accounts. */
  async whereAre(accounts: readonly string[]): Promise<readonly string[]> {
    const client = createImClient({ dialer: tcpDialer(), address: this.#addresses[0]!, token: "observer" });
    try {
      await client.connect();
      const { body } = await client.request("where", new Uint8Array(0), { dest: accounts.join() });
      return new TextDecoder().decode(body).split(",");
    } finally {
      await client.close();
    }
  }

  async #run(): Promise<void> {
    const { redis, postgresUrl } = this.#shared;
    const ports = this.#addresses.map((address) => new URL(address).port);
    const args = [program, redis.url, postgresUrl, `${this.#leaseMs}`, ...ports];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    onTestFinished(() => void child.kill("SIGKILL"));
    const [id, ...addresses] = (await new PrintedLines(child).next("READY")).split(" ");
    this.#id = id!;
    this.#addresses = addresses;
  }
}

/** So many users on both transports, each at one of the gateways, and at the others when it is gone. */
export async function crowdAt(gateways: readonly ChatGateway[], count: number): Promise<readonly ChatTalker[]> {
  const users = Array.from({ length: count }, (_, n) => {
    const home = (n >> 1) % gateways.length;
    const inOrder = [...gateways.slice(home), ...gateways.slice(0, home)];
    return new ChatTalker(`user-${n}`, ...inOrder.map(({ addresses }) => addresses[n % 2]!));
  });
  for (const { client } of users) await client.connect();
  return users;
}
