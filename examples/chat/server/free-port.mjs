import { once } from "node:events";
import { createServer } from "node:net";

/** The port if it is free, else any that is. */
export async function freePort(host, port) {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), "listening");
  } catch {
    await once(probe.listen(0, host), "listening");
  }
  const { port: free } = probe.address();
  await once(probe.close(), "close");
  return free;
}
