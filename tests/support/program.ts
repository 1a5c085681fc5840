import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A Node program of the repository that runs, with what it has printed so far. */
export class Program {
  readonly lines: string[] = [];
  readonly process: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(file: string, args: readonly string[] = [], cwd = root) {
    this.process = spawn(process.execPath, [file, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      createInterface(stream).on("line", (line) => this.lines.push(line));
    }
    this.#exited = once(this.process, "close").then(([code]) => code);
  }

  /** The first line that begins with `start`. Fails, with all output, if the program ends before it says so. */
  async line(start: string): Promise<string> {
    const find = () => this.lines.find((line) => line.startsWith(start));
    const output = createInterface(this.process.stdout!);
    while (find() === undefined) {
      const ended = await Promise.race([once(output, "line").then(() => false), this.#exited.then(() => true)]);
      if (ended && find() === undefined) throw new Error(`ended without a line ${start}:\n${this.lines.join("\n")}`);
    }
    return find()!;
  }

  /** The exit code. */
  exit(): Promise<number | null> {
    return this.#exited;
  }
}

/** Runs a program to its end. Fails, with all output, if it exits with anything but 0. */
export async function run(file: string, args: readonly string[] = [], cwd = root): Promise<string> {
  const program = new Program(file, args, cwd);
  const code = await program.exit();
  const output = program.lines.join("\n");
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} exited with ${code}:\n${output}`);
  return output;
}
