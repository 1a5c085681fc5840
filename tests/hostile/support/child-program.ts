import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

interface ChildOptions {
  /** How many descriptors it may have open. */
  readonly maxDescriptors?: number | undefined;
}

/** A program of this folder in a process of its own, which answers calls. It ends with the test. */
export class ChildProgram {
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #lastId = 0;

  /** @param settings given to the program as JSON */
  constructor(file: string, settings: object, { maxDescriptors }: ChildOptions = {}) {
    const program = fileURLToPath(new URL(file, import.meta.url));
    const json = JSON.stringify(settings);
    const child =
      maxDescriptors === undefined
        ? fork(program, [json], { execArgv: ["--expose-gc"] })
        : spawn(
            "sh",
            ["-c", `ulimit -n ${maxDescriptors} && exec "$@"`, "sh", process.execPath, "--expose-gc", program, json],
            { stdio: ["ignore", "inherit", "inherit", "ipc"] },
          );
    this.#process = child;
    onTestFinished(() => void child.kill("SIGKILL"));
    child.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const answer = this.#answers.get(id);
      this.#answers.delete(id);
      if (error === undefined) answer?.resolve(result);
      else answer?.reject(new Error(`in ${file}: ${error}`));
    });
    child.on("exit", (code, signal) => {
      for (const { reject } of this.#answers.values()) reject(new Error(`${file} ended: ${signal ?? code}`));
    });
  }

  call<Result = unknown>(call: string, ...args: readonly unknown[]): Promise<Result> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.isAlive) {
        reject(new Error("the program has ended"));
        return;
      }
      this.#answers.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#process.send({ id, call, args });
    });
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Kills it as a crash would: it gets no signal to handle, and closes nothing. */
  async kill(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  /** Leaves it alone, so that it ends when it has nothing more to do. @returns its exit code */
  async exits(): Promise<number | null> {
    const exit = once(this.#process, "exit");
    await this.call("letGo");
    const [code] = await exit;
    return code;
  }
}
