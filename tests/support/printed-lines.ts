import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";

/** What a program prints on stdout and stderr, line by line. */
export class PrintedLines {
  readonly #all: string[] = [];
  readonly #unread: string[] = [];
  readonly #events = new EventEmitter();
  readonly #ended: Promise<boolean>;

  constructor(program: ChildProcess) {
    this.#ended = once(program, "close").then(() => true);
    for (const stream of [program.stdout!, program.stderr!]) {
      createInterface(stream).on("line", (line) => {
        this.#all.push(line);
        this.#unread.push(line);
        this.#events.emit("line");
      });
    }
  }

  /** The next line that begins so, without its beginning. Lines before it are skipped. */
  async next(beginning: string): Promise<string> {
    for (;;) {
      const line = this.#unread.shift();
      if (line?.startsWith(beginning)) return line.slice(beginning.length).trim();
      if (line !== undefined) continue;
      const hasEnded = await Promise.race([once(this.#events, "line").then(() => false), this.#ended]);
      if (hasEnded) throw new Error(`the program ended without a line ${beginning}:\n${this.#all.join("\n")}`);
    }
  }
}
