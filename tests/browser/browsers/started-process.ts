import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** A program that a browser needs beside it. It does not outlive the tests. */
export class StartedProcess {
  readonly #child;
  readonly #ended: Promise<unknown>;
  readonly #kill = () => this.#child.kill();

  constructor(path: string, options: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...environment };
    this.#child = spawn(path, options, { env, stdio: ["ignore", "ignore", "ignore", "pipe"] });
    this.#ended = once(this.#child, "exit");
    process.once("exit", this.#kill);
  }

  /** @returns the first line that it writes to its descriptor 3 */
  async line(): Promise<string> {
    let text = "";
    for await (const chunk of this.#child.stdio[3] as Readable) {
      text += chunk;
      if (text.includes("\n")) return text.trim();
    }
    throw new Error(`${this.#child.spawnfile} ended with status ${this.#child.exitCode}`);
  }

  async stop(): Promise<void> {
    process.off("exit", this.#kill);
    this.#kill();
    await this.#ended;
  }
}
