import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** Where Debian has the versions that are installed. */
const VERSIONS = "/usr/lib/postgresql";
const newest = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .sort((one, other) => Number(one) - Number(other))
      .at(-1)
  : undefined;
const PROGRAMS = join(VERSIONS, newest ?? "none", "bin");
export const hasPostgres = existsSync(join(PROGRAMS, "initdb"));

/** Postgres does not run as root: then it is the user of Debian's package. */
const owner: { readonly uid?: number; readonly gid?: number } = process.getuid?.() === 0 ? ownerOf("postgres") : {};

function ownerOf(user: string) {
  const idOf = (what: string) => Number(execFileSync("id", [what, user], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/** A server in a folder of its own, on a Unix socket there, which syncs each commit to the disk. */
export class PostgresServer {
  readonly folder: string;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(folder: string, settings: readonly string[]) {
    this.folder = folder;
    this.#settings = settings;
  }

  static async start(settings: readonly string[] = []): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "im-pg-"));
    if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!);
    const args = ["-D", join(folder, "data"), "--no-sync", "--auth=trust", "--username=test", "--encoding=UTF8"];
    execFileSync(join(PROGRAMS, "initdb"), [...args, "--locale=C"], { ...owner, cwd: folder, stdio: "pipe" });
    const server = new PostgresServer(folder, settings);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const fixed = ["fsync=on", "synchronous_commit=on", "listen_addresses=", `unix_socket_directories=${this.folder}`];
    const args = [...fixed, ...this.#settings].flatMap((setting) => ["-c", setting]);
    const server = spawn(join(PROGRAMS, "postgres"), ["-D", join(this.folder, "data"), ...args], {
      ...owner,
      cwd: this.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = server;
    let log = "";
    await new Promise<void>((resolve, reject) => {
      server.stderr.on("data", (chunk) => {
        log += chunk;
        if (log.includes("ready to accept connections")) resolve();
      });
      server.once("exit", () => reject(new Error(`postgres ended: ${log}`)));
    });
  }

  /** @param signal SIGINT ends its connections; SIGQUIT ends it as a crash does: the next start recovers from the log */
  async stop(signal: "SIGINT" | "SIGQUIT" = "SIGINT"): Promise<void> {
    if (this.#isRunning) await this.#exitAfter(() => this.#process!.kill(signal));
  }

  /** Ends the postmaster and all that it started, without a word. */
  kill(): Promise<void> {
    return this.#exitAfter(() => this.signalAll("SIGKILL"));
  }

  /** To the postmaster and all that it started. */
  signalAll(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
    const parent = this.#process!.pid!;
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(parent)], { encoding: "utf8" });
    for (const pid of [parent, ...children.trim().split(/\s+/).map(Number)]) process.kill(pid, signal);
  }

  get #isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async #exitAfter(act: () => unknown): Promise<void> {
    const exited = once(this.#process!, "exit");
    act();
    await exited;
  }

  pool(config: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ host: this.folder, user: "test", database: "postgres", ...config });
    // A connection may end with an error while the pool ends.
    pool.on("error", () => {});
    return pool;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}
