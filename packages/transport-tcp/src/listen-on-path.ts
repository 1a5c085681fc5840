import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { acquireLock } from "./lock-file.js";

/** A socket between its `bind` and its `listen` refuses connections as well, but not for so long. */
const PROBE_AGAIN_MS = 100;

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
    const unlock = await acquireLock(`${path}.im-lock`);
    if (!unlock) throw error;
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
