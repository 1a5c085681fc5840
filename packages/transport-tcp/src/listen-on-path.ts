import { closeSync, lstatSync, openSync, rmSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A socket between its `bind` and its `listen` refuses connections as well, but not for so long. */
const PROBE_AGAIN_MS = 100;
const LOCK_POLL_MS = 20;
/** A lock that is older than this belongs to a process that was killed while it held it. */
const MAX_LOCK_MS = 5_000;

/**
 * Listens on the path of a Unix domain socket. If a process that was killed has left its socket there, this removes it
 * first. A socket that a process listens on stays, and so does a file of any other kind.
 *
 * Of several processes that find the same dead socket, one at a time probes it again and replaces it, under a lock file
 * beside the path. Without the lock, the second would remove the socket of the first.
 *
 * @param listen listens once; may be called a second time after it has failed with `EADDRINUSE`
 */
export async function listenOnPath(path: string, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || !(await isDead(path))) throw error;
    const unlock = await lock(`${path}.lock`);
    try {
      if (await isDead(path)) await sleep(PROBE_AGAIN_MS);
      // Nothing else may run in this process between the answer and the removal.
      if (await isDead(path)) unlinkSync(path);
      await listen();
    } finally {
      unlock();
    }
  }
}

async function isDead(path: string): Promise<boolean> {
  if (!isSocket(path)) return false;
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", resolve);
  });
  return error?.code === "ECONNREFUSED" && isSocket(path);
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

/** Creates the file as soon as no other process has it. @returns a function that removes it */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      closeSync(openSync(file, "wx"));
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const createdMs = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (createdMs !== undefined && Date.now() - createdMs > MAX_LOCK_MS) rmSync(file, { force: true });
    else await sleep(LOCK_POLL_MS);
  }
}
