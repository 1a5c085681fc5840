import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { PrintedLines } from "../support/printed-lines.js";
import { ask, askAsProxy } from "./support/echo.js";
import { Load } from "./support/load.js";
import { services } from "./support/services.js";

/** `pnpm test:long` runs the full number. */
const RESTARTS = process.env.LONG_TESTS ? 28 : 3;
const CONNECTS_PER_SECOND = 200;
const CLIENT = "203.0.113.9";
const programAt = (name: string) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

describe.skipIf(process.platform === "win32")("servers on sockets that another process has opened", () => {
  it(`${RESTARTS} restarts under ${CONNECTS_PER_SECOND} connects a second refuse and reset none`, async () => {
    const { all, key, cert } = await services();
    const names = [...all.map(({ scheme }) => scheme), "proxied"];
    const args = [programAt("socket-holder.mjs"), `${RESTARTS + 1}`, programAt("activated-program.mjs"), ...names];
    const env = { ...process.env, CERTIFICATE: JSON.stringify({ key, cert }) };
    const holder = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void holder.kill("SIGKILL"));
    const lines = new PrintedLines(holder);
    const ports = (await lines.next("PORTS")).split(" ").map(Number);

    const answers = new Set<string | undefined>();
    const load = new Load(CONNECTS_PER_SECOND, async (index) => {
      const at = index % ports.length;
      const service = all[at];
      const port = ports[at]!;
      const address = `${service?.scheme}://127.0.0.1:${port}`;
      const answer = service ? await ask(service.dialer, address) : await askAsProxy(port, CLIENT);
      if (answer !== undefined) expect(answer).toBe(service ? "127.0.0.1" : CLIENT);
      answers.add(answer);
    });
    for (let restart = 0; restart < RESTARTS; restart++) {
      const pid = Number(await lines.next("SERVES"));
      await load.more(20);
      process.kill(pid, "SIGTERM");
    }
    const last = Number(await lines.next("SERVES"));
    await load.more(20);
    await load.stop();
    process.kill(last, "SIGTERM");
    await once(holder, "exit");
    expect(load.failures).toEqual([]);
    expect(answers).toContain(CLIENT);
  });

  it.each(["ws", "tcp", "wss", "tls"])("%s: clients reach the process to which the socket was sent", async (scheme) => {
    const { all, key, cert } = await services();
    const { dialer } = all.find((service) => service.scheme === scheme)!;
    const isSecure = scheme === "wss" || scheme === "tls";
    const options = { isWebSocket: scheme.startsWith("ws"), ...(isSecure ? { tls: { key, cert } } : {}) };
    const child = fork(programAt("handed-program.mjs"), [JSON.stringify(options)]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child, "message");
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const serves = once(child, "message");
    // Closed here, it stays open there.
    child.send("socket", server, () => server.close());
    await serves;
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(dialer, `${scheme}://127.0.0.1:${port}`)));
    expect(answers).toEqual(Array(8).fill("hello"));
  });
});
