import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestContext } from "vitest";
import { PrintedLines } from "../../support/printed-lines.js";

const program = fileURLToPath(new URL("gateway-program.mjs", import.meta.url));

/** gateway-program.mjs in a process of its own. */
export class GatewayProcess {
  readonly ws: string;
  readonly tcp: string;
  readonly #lines: PrintedLines;
  readonly #kill: (signal: NodeJS.Signals) => void;

  private constructor(ws: string, tcp: string, lines: PrintedLines, kill: (signal: NodeJS.Signals) => void) {
    this.ws = ws;
    this.tcp = tcp;
    this.#lines = lines;
    this.#kill = kill;
  }

  static async start({ onTestFinished }: TestContext, redisPort: number, leaseMs: number): Promise<GatewayProcess> {
    const child = spawn(process.execPath, [program, `${redisPort}`, `${leaseMs}`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines = new PrintedLines(child);
    const [ws, tcp] = (await lines.next("SERVES")).split(" ");
    return new GatewayProcess(ws!, tcp!, lines, (signal) => child.kill(signal));
  }

  /** Resolves when it has said so, after what it said before. */
  async saysThatTheBusIs(state: "connected" | "degraded"): Promise<void> {
    await this.#lines.next(`BUS ${state}`);
  }

  /** SIGKILL. */
  kill(): void {
    this.#kill("SIGKILL");
  }

  /** SIGSTOP. */
  pause(): void {
    this.#kill("SIGSTOP");
  }

  resume(): void {
    this.#kill("SIGCONT");
  }
}
