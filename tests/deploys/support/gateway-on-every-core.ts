import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createImClient } from "@im/client";
import type { Dialer } from "@im/transport-core";
import { onTestFinished } from "vitest";
import { freePort } from "../../support/free-port.js";
import { PrintedLines } from "../../support/printed-lines.js";
import { services } from "./services.js";

const program = fileURLToPath(new URL("gateway-program.mjs", import.meta.url));
/** A machine that stands still makes connects slow; it must not make them fail. */
const TIMEOUT_MS = 60_000;
const decoder = new TextDecoder();

/** gateway-program.mjs with two workers, in processes of their own. */
export class GatewayOnEveryCore {
  readonly ports: readonly number[];
  readonly #services: Awaited<ReturnType<typeof services>>;
  readonly #application: string;
  readonly #primary: ChildProcess;
  readonly #lines: PrintedLines;

  private constructor(folder: string, ports: readonly number[], given: Awaited<ReturnType<typeof services>>) {
    this.ports = ports;
    this.#services = given;
    this.#application = join(folder, "application.mjs");
    const args = [program, this.#application, join(folder, "certificate.json"), ...ports.map(String)];
    this.#primary = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void this.#primary.kill("SIGKILL"));
    this.#lines = new PrintedLines(this.#primary);
  }

  static async start(): Promise<GatewayOnEveryCore> {
    const folder = await mkdtemp(join(tmpdir(), "im-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const given = await services();
    const ports = await Promise.all(given.all.map(() => freePort()));
    await writeFile(join(folder, "certificate.json"), JSON.stringify({ key: given.key, cert: given.cert }));
    const gateway = new GatewayOnEveryCore(folder, ports, given);
    await gateway.write('export const version = "1";');
    await gateway.#lines.next("READY");
    return gateway;
  }

  get cert(): string {
    return this.#services.cert;
  }

  /** Replaces the code of the application. */
  write(code: string): Promise<void> {
    return writeFile(this.#application, code);
  }

  signal(signal: NodeJS.Signals): void {
    this.#primary.kill(signal);
  }

  /** The next line of the primary that begins so. */
  said(beginning: "DEPLOYED" | "NOT DEPLOYED" | "RESTARTED" | "NEW TICKET KEYS"): Promise<string> {
    return this.#lines.next(beginning);
  }

  /** Ends it in order. @returns the exit code */
  async end(): Promise<number | null> {
    const exit = once(this.#primary, "exit");
    this.signal("SIGTERM");
    const [code] = await exit;
    return code;
  }

  /** Signs in, and asks a worker which version it runs. @throws if a connect, also a later one, or the sign-in fails */
  async ask(index: number): Promise<{ readonly version: string; readonly pid: number }> {
    const at = index % this.#services.all.length;
    const { scheme, dialer } = this.#services.all[at]!;
    const failures: unknown[] = [];
    const watched: Dialer = {
      dialAndHandshake: (context) =>
        dialer.dialAndHandshake(context).catch((error: unknown) => {
          failures.push(error);
          throw error;
        }),
    };
    const client = createImClient({
      dialer: watched,
      address: `${scheme}://127.0.0.1:${this.ports[at]}`,
      token: `client ${index}`,
      // The worker may drain between the sign-in and the request.
      offlineQueue: {},
      dialTimeoutMs: TIMEOUT_MS,
      requestTimeoutMs: TIMEOUT_MS,
    });
    try {
      await client.connect();
      const { body } = await client.request("version", new Uint8Array(0), { idempotent: true });
      const [version, pid] = decoder.decode(body).split(" ");
      if (failures.length > 0) throw failures[0];
      return { version: version!, pid: Number(pid) };
    } finally {
      await client.close();
    }
  }
}
