import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { root } from "../../support/program.js";

const DEADLINE_MS = 20_000;

/** The example's terminal client, with a pipe in place of a keyboard. */
export class Terminal {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #printed = new EventEmitter();

  constructor(account: string, pageUrl: string) {
    const args = ["examples/chat/dist/terminal/main.js", account, pageUrl];
    this.#process = spawn(process.execPath, args, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
    createInterface(this.#process.stdout!).on("line", (line) => {
      this.lines.push(line);
      this.#printed.emit("line");
    });
  }

  types(...lines: readonly string[]): void {
    for (const line of lines) this.#process.stdin!.write(`${line}\n`);
  }

  /** Resolves when it has printed a line with this text. */
  async sees(text: string): Promise<void> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    while (!this.lines.some((line) => line.includes(text))) {
      await once(this.#printed, "line", { signal }).catch(() => {
        throw new Error(`the terminal did not print "${text}":\n${this.lines.join("\n")}`);
      });
    }
  }

  /** @returns the exit code */
  async quits(): Promise<number | null> {
    const exit = once(this.#process, "close");
    this.types("/quit");
    return (await exit)[0];
  }
}
