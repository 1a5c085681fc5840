import { dialects } from "./dialects.mjs";
import { LoadConnection } from "./load-connection.mjs";

/** Opened at the same time; below every default backlog. */
const AT_ONCE = 100;

/** Opens connections, a bounded number at a time. One that breaks, now or later, breaks the load. */
export async function openConnections({ port, dialect, connections, login }, breakage) {
  const { handshake } = dialects[dialect];
  const opened = [];
  let started = 0;
  const all = new Promise((resolve) => {
    const open = () => {
      if (started === connections) return;
      const index = started++;
      const steps = handshake({ login: login ? `user${index}` : undefined });
      new LoadConnection({ port, index, steps, ready, failed: breakage.report });
    };
    const ready = (connection) => {
      opened.push(connection);
      if (opened.length === connections) resolve(opened);
      else open();
    };
    for (let i = 0; i < AT_ONCE; i++) open();
  });
  return await Promise.race([all, breakage.broken]);
}
