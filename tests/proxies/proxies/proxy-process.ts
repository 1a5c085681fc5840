import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's nobody and nogroup: no proxy runs as root. */
const NOBODY = 65_534;
const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const START_MS = 20_000;

/** A folder for the files of one proxy, which may write there. */
export class ProxyFolder {
  readonly path = mkdtempSync(join(tmpdir(), "im-proxy-"));

  constructor() {
    this.#give(this.path, 0o700);
  }

  write(file: string, text: string): string {
    const path = join(this.path, file);
    writeFileSync(path, text);
    this.#give(path, 0o600);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  #give(path: string, mode: number): void {
    chmodSync(path, mode);
    if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid);
  }
}

/** A proxy in the foreground. It does not outlive the tests. */
export class ProxyProcess {
  readonly #child;
  readonly #exited: Promise<unknown>;
  readonly #output = new EventEmitter();
  readonly #kill = () => this.#child.kill("SIGKILL");
  log = "";

  constructor(path: string, args: readonly string[], folder: ProxyFolder) {
    const env = { PATH: process.env.PATH, HOME: folder.path };
    this.#child = spawn(path, args, { ...owner, cwd: folder.path, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#exited = once(this.#child, "close");
    this.#exited.catch(() => {});
    process.once("exit", this.#kill);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.log += text;
        this.#output.emit("more");
      });
    }
  }

  /** Resolves when it has printed this so often. @throws with all that it printed, if it does not or ends */
  async printed(text: string, times = 1): Promise<void> {
    const signal = AbortSignal.timeout(START_MS);
    const ended = this.#exited.then(() => Promise.reject(this.#failure("ended")));
    ended.catch(() => {});
    while (this.log.split(text).length <= times) {
      const more = once(this.#output, "more", { signal });
      await Promise.race([more, ended]).catch((error) => {
        throw signal.aborted ? this.#failure(`has not printed "${text}" ${times} times`) : error;
      });
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** @param signal that makes it end at once */
  async stop(signal: NodeJS.Signals): Promise<void> {
    process.off("exit", this.#kill);
    this.#child.kill(signal);
    await this.#exited;
  }

  #failure(what: string): Error {
    return new Error(`${this.#child.spawnfile} ${what}:\n${this.log}`);
  }
}

/** Runs a command to its end as the proxies run. @throws with what it printed, if it fails */
export async function runInFolder(path: string, args: readonly string[], folder: ProxyFolder): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: folder.path };
  const child = spawn(path, args, { ...owner, cwd: folder.path, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${path} ${args.join(" ")} exited with ${code}:\n${printed}`);
}
