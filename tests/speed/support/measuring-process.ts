import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { run } from "../../support/program.js";
import type { Measurement } from "./collapses.js";

/** The program that measures, bundled from the sources for every version of Node. */
export class MeasuringProcess {
  readonly #folder: string;
  readonly #program: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#program = join(folder, "measuring-program.mjs");
  }

  static async build(): Promise<MeasuringProcess> {
    const measuring = new MeasuringProcess(await mkdtemp(join(tmpdir(), "im-speed-")));
    await build({
      entryPoints: [fileURLToPath(new URL("measuring-program.ts", import.meta.url))],
      outfile: measuring.#program,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "es2022",
      conditions: ["@im/source"],
    });
    return measuring;
  }

  /** Measures in a new process. @param slowed names of functions that run `times` times instead of once */
  async measure(slowed: readonly string[] = [], times = 1): Promise<Measurement> {
    const measurement: Measurement = JSON.parse(await run(this.#program, [`${times}`, ...slowed]));
    const figures = measurement.figures.map(({ name, ratio, usualRatio }) => {
      return `${name} ${ratio.toFixed(3)} (usually ${usualRatio})`;
    });
    const percent = (100 * measurement.runningShare).toFixed();
    console.log(
      `Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}, ran ${percent} % of the time: ${figures.join(", ")}`,
    );
    return measurement;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
