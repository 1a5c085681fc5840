import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

export const LANES = 16;

/** Processes that write to the store, from the sources. */
export class Writers {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  static async build(): Promise<Writers> {
    // Below the package, where `pg` is found.
    const folder = await mkdtemp(join(packageFolder, "node_modules", ".writers-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const program = join(folder, "writer.mjs");
    await build({
      entryPoints: [join(packageFolder, "test/support/writer-process.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["pg"],
      conditions: ["@im/source"],
    });
    return new Writers(program);
  }

  /** @param count messages of each of its {@link LANES}, which write at the same time */
  start(folder: string, schema: string, sender: string, count: number): WriterProcess {
    const child = spawn(process.execPath, [this.#program, folder, schema, sender, String(LANES), String(count)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return new WriterProcess(child);
  }
}

export class WriterProcess {
  readonly process: ChildProcess;
  /** The ids that it was told are stored, by the text of the message. */
  readonly acknowledged = new Map<string, bigint>();
  readonly ended: Promise<unknown>;
  readonly #waiting: { readonly count: number; resolve(): void }[] = [];

  constructor(child: ChildProcess) {
    this.process = child;
    const lines = createInterface(child.stdout!);
    this.ended = Promise.all([once(child, "exit"), once(lines, "close")]);
    lines.on("line", (line) => {
      const space = line.indexOf(" ");
      // One that is killed may leave half a line.
      const id = line.slice(0, space);
      if (/^\d{15,}$/.test(id)) this.acknowledged.set(line.slice(space + 1), BigInt(id));
      for (const { count, resolve } of this.#waiting) if (this.acknowledged.size >= count) resolve();
    });
  }

  /** Resolves when so many messages are acknowledged. */
  has(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
