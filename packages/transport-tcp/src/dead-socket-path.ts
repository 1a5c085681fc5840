import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";

/**
 * Removes the path of a Unix domain socket that a process has left behind, which ended without closing it. Whatever is no
 * socket stays, and so does a socket that is not known for sure to be nobody's.
 *
 * @returns whether it was removed
 */
export async function removeDeadSocket(path: string): Promise<boolean> {
  if (!isSocket(path)) return false;
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", resolve);
  });
  // Since the answer nothing else has happened in this process, and hardly anything in others.
  if (error?.code !== "ECONNREFUSED" || !isSocket(path)) return false;
  unlinkSync(path);
  return true;
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}
