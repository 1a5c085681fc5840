import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { onTestFinished } from "vitest";
import type { ChatEvent } from "../../../examples/chat/shared/chat-event.js";
import { ChatSession } from "../../../examples/chat/shared/chat-session.js";
import { serverAt } from "../../../examples/chat/shared/server-api.js";
import { PrintedLines } from "../../support/printed-lines.js";
import { root } from "../../support/program.js";
import type { SharedServers } from "./shared-servers.js";

/** The chat of examples/chat with two workers, in processes of their own. */
export class ChatOnWorkers {
  readonly #primary: ChildProcess;
  readonly #lines: PrintedLines;
  #pageUrl = "";
  #tcpUrl = "";

  private constructor({ redis, postgresUrl }: SharedServers, folder: string) {
    const args = ["examples/chat/server/main.mjs", "--workers", "2", "--redis", redis.url, "--postgres", postgresUrl];
    args.push("--data", folder, "--port", "0", "--tcp-port", "0");
    this.#primary = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void this.#primary.kill("SIGKILL"));
    this.#lines = new PrintedLines(this.#primary);
  }

  static async start(shared: SharedServers): Promise<ChatOnWorkers> {
    const folder = await mkdtemp(join(tmpdir(), "im-chat-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const chat = new ChatOnWorkers(shared, folder);
    const [pageUrl, tcpUrl] = (await chat.#lines.next("READY")).split(" ");
    chat.#pageUrl = pageUrl!;
    chat.#tcpUrl = tcpUrl!;
    return chat;
  }

  /** The process ids of the workers. */
  workers(): readonly number[] {
    const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", `${this.#primary.pid}`], { encoding: "utf8" });
    return [...children.matchAll(/(\d+) \S+ .*main\.mjs/g)].map(([, pid]) => Number(pid));
  }

  /** The next line of the primary that begins so. */
  said(beginning: "DEPLOYED" | "RESTARTED" | "NOT RESTARTED"): Promise<string> {
    return this.#lines.next(beginning);
  }

  deploy(): void {
    this.#primary.kill("SIGUSR2");
  }

  /** @returns the exit code */
  async ends(): Promise<number | null> {
    const [code] = await once(this.#primary, "exit");
    return code;
  }

  /** Ends it in order. @returns the exit code */
  async end(): Promise<number | null> {
    const end = this.ends();
    this.#primary.kill("SIGTERM");
    return end;
  }

  /** A function that signs a person in on WebSocket or TCP. */
  async person(account: string, transport: "ws" | "tcp"): Promise<() => Promise<Person>> {
    const { tokenOf } = await serverAt(this.#pageUrl);
    const token = await tokenOf(account);
    const isWebSocket = transport === "ws";
    return async () => {
      const heard: string[] = [];
      let [attempts, timesOnline] = [0, 0];
      const onEvent = (event: ChatEvent) => {
        if (event.type === "connection" && event.status.state === "connecting") attempts++;
        if (event.type === "connection" && event.status.state === "online") timesOnline++;
        if (event.type === "messages") heard.push(...event.messages.map(({ text }) => text));
      };
      const session = new ChatSession({
        account,
        device: "test",
        dialer: isWebSocket ? wsDialer() : tcpDialer(),
        address: isWebSocket ? new URL("chat", this.#pageUrl).href.replace("http", "ws") : this.#tcpUrl,
        token,
        onEvent,
      });
      onTestFinished(() => session.close());
      await session.client.connect();
      return { session, heard, attempts, timesOnline: () => timesOnline };
    };
  }
}

/** Somebody who is signed in. */
export interface Person {
  readonly session: ChatSession;
  readonly heard: readonly string[];
  /** To connect for the first time. */
  readonly attempts: number;
  timesOnline(): number;
}
