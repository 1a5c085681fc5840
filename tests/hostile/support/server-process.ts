import { type ChildProcess, fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Transport } from "./transports.js";

const program = fileURLToPath(new URL("server-program.mjs", import.meta.url));

export interface Holdings {
  readonly channels: number;
  readonly descriptors: number;
  readonly timers: number;
}

export interface Measure extends Holdings {
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  readonly peakArrayBuffers: number;
  /** Channels that the garbage collector took. */
  readonly collected: number;
}

export interface End {
  readonly id: string;
  readonly code: number;
  readonly clean: boolean;
  readonly error?: string;
  readonly atMs: number;
}

interface ServerProcessOptions {
  /** Of `createWsServer` or `createTcpServer`. */
  readonly options?: object;
  /** One of scenarios.mjs. @default "echo" */
  readonly scenario?: string;
  /** How many descriptors it may have open. */
  readonly maxDescriptors?: number;
}

/** A server in a process of its own. It ends with the test. */
export class ServerProcess {
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  port = 0;
  dialUrl = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const answer = this.#answers.get(id);
      this.#answers.delete(id);
      if (error === undefined) answer?.resolve(result);
      else answer?.reject(new Error(`in the server: ${error}`));
    });
    process.on("exit", (code, signal) => {
      for (const { reject } of this.#answers.values()) reject(new Error(`the server ended: ${signal ?? code}`));
    });
  }

  static async start(transport: Transport, given: ServerProcessOptions = {}): Promise<ServerProcess> {
    const { options = {}, scenario = "echo", maxDescriptors } = given;
    const setting = JSON.stringify({ transport, options, scenario });
    const args = ["--expose-gc", program, setting];
    const child =
      maxDescriptors === undefined
        ? fork(program, [setting], { execArgv: ["--expose-gc"] })
        : spawn("sh", ["-c", `ulimit -n ${maxDescriptors} && exec "$0" "$@"`, process.execPath, ...args], {
            stdio: ["ignore", "inherit", "inherit", "ipc"],
          });
    const server = new ServerProcess(child);
    onTestFinished(() => void child.kill("SIGKILL"));
    Object.assign(server, await server.call("start"));
    return server;
  }

  /** Calls one of the functions of server-program.mjs or of the scenario. */
  call<Result = unknown>(call: string, ...args: readonly unknown[]): Promise<Result> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.isAlive) {
        reject(new Error("the server has ended"));
        return;
      }
      this.#answers.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#process.send({ id, call, args });
    });
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  measure(): Promise<Measure> {
    return this.call("measure");
  }

  holdings(): Promise<Holdings> {
    return this.call("holdings");
  }

  ends(): Promise<readonly End[]> {
    return this.call("ends");
  }

  counts(): Promise<Readonly<Record<string, number>>> {
    return this.call("counts");
  }
}
