import { dialects } from "./dialects.mjs";
import { LoadConnection } from "./load-connection.mjs";

/** Opened at the same time; below every default backlog. */
const AT_ONCE = 100;

/**
 * Opens connections, a bounded number at a time. One that breaks, now or later, breaks the load. With `login` they sign in,
 * each as `userPrefix` and its index.
 *
 * @returns the connections by their indexes
 */
export async function openConnections({ port, tls, dialect, connections, login, userPrefix = "user" }, breakage) {
  const { handshake } = dialects[dialect];
  const opened = [];
  let count = 0;
  let started = 0;
  const all = new Promise((resolve) => {
    const open = () => {
      if (started === connections) return;
      const index = started++;
      const steps = handshake({ login: login ? `${userPrefix}${index}` : undefined });
      const ready = (connection) => {
        opened[index] = connection;
        if (++count === connections) resolve(opened);
        else open();
      };
      new LoadConnection({ port, tls, index, steps, ready, failed: breakage.report });
    };
    for (let i = 0; i < AT_ONCE; i++) open();
  });
  return await Promise.race([all, breakage.broken]);
}
