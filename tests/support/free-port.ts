import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that operating systems give to connections and to listeners on port 0: nobody gets one of these by chance. */
const FIRST_PORT = 11_000;
const LAST_PORT = 32_767;
const given = new Set<number>();

/** A port of 127.0.0.1 for a program that must be told its port. This process is given each one once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
