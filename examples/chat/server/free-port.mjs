import { once } from "node:events";
import { createServer } from "node:net";

/** The port if it is free, else 0, which stands for any free port. */
export async function freePort(host, port) {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, "listening");
  } catch {
    return 0;
  }
  await once(probe.close(), "close");
  return port;
}
