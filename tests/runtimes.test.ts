import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { expect, it, onTestFinished } from "vitest";
import { root } from "./support/program.js";

const execute = promisify(execFile);
const require = createRequire(import.meta.url);
const os = { linux: "linux", darwin: "darwin" }[process.platform as string];

/** The runtime as its npm package brings it; what the package's own script would do is not needed. */
function executable(pack: string, binary: string): string {
  const inside = createRequire(require.resolve(`${pack}/package.json`));
  return inside.resolve(binary);
}

const runtimes = [
  {
    name: "Bun",
    find: () => executable("bun", `@oven/bun-${os}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/bun`),
    args: [],
  },
  {
    name: "Deno",
    find: () => executable("deno", `@deno/${os}-${process.arch}${os === "linux" ? "-glibc" : ""}/deno`),
    args: ["run", "--allow-all"],
  },
];

it.runIf(os).each(runtimes)(
  "the client works in $name, on TCP and on the platform's WebSocket",
  async ({ find, args }) => {
    const servers = [createTcpServer({ host: "127.0.0.1" }), createWsServer({ host: "127.0.0.1" })];
    const gateway = createGateway({ servers, authenticate: ({ token }) => ({ account: token }) });
    gateway.handleRaw("a.echo", (context) => void context.respond(context.body));
    await gateway.start();
    onTestFinished(async () => void (await gateway.shutdown({ signal: AbortSignal.abort() })));

    const program = join(root, "tests/support/runtime-program.mjs");
    const addresses = servers.map(({ dialUrl }) => dialUrl);
    const { stdout } = await execute(find(), [...args, program, ...addresses], { timeout: 60_000 });
    expect(stdout).toBe("tcp: 100 answers\nws: 100 answers\n");
  },
);

it.runIf(os)("on Bun, @im/transport-ws dials, and its server says at start that it does not run there", async () => {
  const server = createWsServer({
    host: "127.0.0.1",
    messageListener: { receive: (agent, payload) => agent.push(payload) },
  });
  await server.start();
  onTestFinished(async () => void (await server.shutdown({ signal: AbortSignal.abort() })));

  const program = join(root, "tests/support/bun-program.mjs");
  const { stdout } = await execute(runtimes[0]!.find(), [program, server.dialUrl], { timeout: 60_000 });
  expect(stdout).toMatch(/^hello\ntcp starts\nIM_ERR_\w+: .*does not run on Bun.*run it on Node\n$/);
});
