import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { lstat, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCertificate } from "@im/test-support/certificate";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTcpServer, tcpDialer } from "../src/index.js";
import { frame } from "./support/raw-frames.js";
import { connect, context, dial, expectToServeAGoodClient, start } from "./support/raw-tcp.js";

async function freePath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "im-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, "im.sock");
}

/** A path where a process that was killed has left its socket behind. */
async function deadPath(): Promise<string> {
  const path = await freePath();
  const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("listening"))`;
  const killed = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(killed.stdout, "data");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(existsSync(path)).toBe(true);
  return path;
}

/** The id of a process that runs no more. */
async function killedPid(): Promise<number> {
  const killed = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(killed, "spawn");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  return killed.pid!;
}

describe.skipIf(process.platform === "win32")("a server on a Unix domain socket", () => {
  it("is reached by its path, which is the address of both ends", async () => {
    const path = await freePath();
    const watched = await start({ path });
    expect(watched.server.address).toEqual({ host: path, port: 0 });
    expect(watched.server.dialUrl).toBe(`unix:${path}`);
    const conn = await dial(watched);
    expect(conn.remoteAddress).toEqual({ host: path, port: 0 });
    await expectToServeAGoodClient(watched);
  });

  it("takes the address of a client from a PROXY header, if it trusts its path", async () => {
    const path = await freePath();
    const { admitted } = await start({ path, trustedProxies: ["unix:"], proxyProtocol: true });
    const peer = await connect(path);
    peer.send(Buffer.from("PROXY TCP4 203.0.113.9 192.0.2.1 40000 443\r\n"), frame(2, "alice"));
    const { remoteAddress, localAddress } = await admitted.next();
    expect(remoteAddress).toEqual({ host: "203.0.113.9", port: 40_000 });
    expect(localAddress).toEqual({ host: path, port: 0 });
    const health = await connect(path);
    health.send(Buffer.from("PROXY UNKNOWN\r\n"), frame(2, "bob"));
    expect((await admitted.next()).remoteAddress).toEqual({ host: path, port: 0 });
  });

  it("speaks the same frames", async () => {
    const path = await freePath();
    const { messages, disconnects } = await start({ path });
    const peer = await connect(path);
    peer.send(frame(2, "alice"), frame(2, "hello"), frame(9, "ping"));
    expect(await messages.next()).toMatchObject({ id: "alice", text: "hello" });
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.from("ping") });
    peer.socket.destroy();
    expect(await disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006 } });
  });

  it("takes its socket away when it shuts down", async () => {
    const path = await freePath();
    const { server } = await start({ path });
    expect(existsSync(path)).toBe(true);
    await server.shutdown();
    expect(existsSync(path)).toBe(false);
  });

  it("refuses a path where something is left over, and starts once that is gone", async () => {
    const path = await freePath();
    await writeFile(path, "");
    const server = createTcpServer({ path, messageListener: { receive() {} } });
    await expect(server.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EADDRINUSE" } });
    expect((await lstat(path)).isFile()).toBe(true);
    await rm(path);
    await server.start();
    await server.shutdown();
  });

  it("takes over the path of a process that was killed", async () => {
    const path = await deadPath();
    const watched = await start({ path });
    await expectToServeAGoodClient(watched);
    await watched.server.shutdown();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("alone takes over the path of a process that was killed, of many that start at once", async () => {
    const path = await deadPath();
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => start({ path })));
    const started = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    const failed = starts.flatMap((start) => (start.status === "rejected" ? [start.reason] : []));
    expect(failed).toEqual(Array(7).fill(expect.objectContaining({ code: "IM_ERR_LISTEN" })));
    expect(failed.map(({ cause }) => cause.code)).toEqual(Array(7).fill("EADDRINUSE"));
    await expectToServeAGoodClient(started[0]!);
    expect(await readdir(dirname(path))).toEqual(["im.sock"]);
  });

  it("takes over the path of a process that was killed while another took it over, which was killed, too", async () => {
    const path = await deadPath();
    await writeFile(`${path}.im-lock`, `@im/transport-tcp, process ${await killedPid()}, token`);
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => start({ path })));
    const [started, ...others] = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    expect(others).toEqual([]);
    await expectToServeAGoodClient(started!);
    expect(await readdir(dirname(path))).toEqual(["im.sock"]);
  });

  it.each(["a file of the application", `@im/transport-tcp, process ${process.pid}, token`])(
    "refuses a path whose lock is held (%s), which stays",
    async (held) => {
      const path = await deadPath();
      const lock = `${path}.im-lock`;
      await writeFile(lock, held);
      // However old it is.
      await utimes(lock, 0, 0);
      const server = createTcpServer({ path, messageListener: { receive() {} } });
      await expect(server.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EADDRINUSE" } });
      expect(await readFile(lock, "utf8")).toBe(held);
      expect(await readdir(dirname(path))).toEqual(["im.sock", "im.sock.im-lock"]);
    },
  );

  it("refuses what only leads to a socket that is dead", async () => {
    const path = await freePath();
    await symlink(`${path}.elsewhere`, path);
    const server = createTcpServer({ path, messageListener: { receive() {} } });
    await expect(server.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EADDRINUSE" } });
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
  });

  it("refuses the path of another server, which stays", async () => {
    const path = await freePath();
    const first = await start({ path });
    const second = createTcpServer({ path, messageListener: { receive() {} } });
    await expect(second.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN" });
    await expectToServeAGoodClient(first);
  });

  it("that is not there is IM_ERR_CONNECT", async () => {
    const dialling = tcpDialer().dialAndHandshake(context(`unix:${await freePath()}`));
    await expect(dialling).rejects.toMatchObject({
      code: "IM_ERR_CONNECT",
      cause: { code: "ENOENT" },
    });
  });

  it("is refused together with TLS", async () => {
    const { key, cert } = await createCertificate();
    const options = { path: await freePath(), tls: { key, cert } };
    expect(() => createTcpServer(options)).toThrow(/path must be given without tls/);
  });

  it("has no remote addresses, so the limit of connections per address does not apply; the others do", async () => {
    const path = await freePath();
    const watched = await start({ path, maxConnectionsPerAddress: 1, maxConnections: 2 });
    for (const id of ["alice", "bob"]) {
      const peer = await connect(path);
      peer.send(frame(2, id));
      await watched.admitted.first((channel) => channel.id === id, id);
    }
    const third = await connect(path);
    expect(await third.close()).toMatchObject({ code: 1013 });
  });
});
