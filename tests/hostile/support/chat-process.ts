import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const program = fileURLToPath(new URL("chat-server.mjs", import.meta.url));

/** A chat with its store in a folder, in a process of its own. */
export class ChatProcess {
  readonly #process: ChildProcess;
  /** Over TCP, and over WebSocket. */
  readonly addresses: readonly string[];
  /** How long the store took to open. */
  readonly openedMs: number;
  readonly messageCount: number;

  private constructor(child: ChildProcess, [, tcp, ws, openedMs, messageCount]: string[]) {
    this.#process = child;
    this.addresses = [tcp!, ws!];
    this.openedMs = Number(openedMs);
    this.messageCount = Number(messageCount);
  }

  /** @param ports of TCP and WebSocket; any, if there are none @param runner a program that runs the server, such as strace with its arguments */
  static async start(
    folder: string,
    ports: readonly number[] = [0, 0],
    runner: readonly string[] = [],
  ): Promise<ChatProcess> {
    const [command, ...args] = [...runner, process.execPath, program, folder, ...ports.map(String)];
    const child = spawn(command!, args, { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines = createInterface(child.stdout);
    const [line] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => ["ended"])]);
    if (!String(line).startsWith("READY")) throw new Error(`the server has not started: ${line}`);
    return new ChatProcess(child, String(line).split(" "));
  }

  get ports(): readonly number[] {
    return this.addresses.map((address) => Number(new URL(address).port));
  }

  /** Ends it as a crash would: nothing is closed. */
  async kill(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.stdin!.end();
    await exit;
  }
}
