import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;
const MAX_WAIT_MS = 2_000;
const OWNER = /^@im\/transport-tcp, process (\d+), /;

/**
 * Creates a lock file as soon as no other process holds it. The file names its owner: one that was killed holds it no longer.
 * A file of another kind stays as it is.
 *
 * @returns what removes the file; undefined if it was not free within two seconds
 */
export async function acquireLock(file: string): Promise<(() => void) | undefined> {
  const token = `@im/transport-tcp, process ${process.pid}, ${randomUUID()}`;
  const untilMs = performance.now() + MAX_WAIT_MS;
  while (!create(file, token)) {
    const holder = contentOf(file);
    if (holder !== undefined && isKilled(holder)) remove(file, holder);
    else if (performance.now() > untilMs) return undefined;
    else await sleep(POLL_MS);
  }
  return () => remove(file, token);
}

/** A link appears together with its content, so nobody reads a file that does not name its owner yet. */
function create(file: string, token: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, token, { flag: "wx" });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isKilled(holder: string): boolean {
  const [, pid] = OWNER.exec(holder) ?? [];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Removes the file if it has this content. Of several processes that remove it at the same time, one moves it away. */
function remove(file: string, content: string): void {
  if (contentOf(file) !== content) return;
  const moved = `${file}.${randomUUID()}`;
  try {
    renameSync(file, moved);
  } catch {
    return;
  }
  if (contentOf(moved) === content) rmSync(moved);
  else renameSync(moved, file);
}
