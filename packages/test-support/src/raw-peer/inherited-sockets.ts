import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createCertificate, type KeyPair } from "../certificate.js";
import { within } from "../recorder.js";
import { read, send } from "../watched-server.js";
import { context, harness } from "./harness.js";
import { invalidOption } from "./options.js";
import type { RawServerOptions, RawTransport } from "./raw-transport.js";

/** A server as another process sends it: it listens, and accepts connections already. */
async function sentServer(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

export function describeInheritedSockets(transport: RawTransport): void {
  const { start, connect, dial, expectToServeAGoodClient } = harness(transport);
  let tls: KeyPair;
  beforeAll(async () => {
    tls = await createCertificate();
  });

  describe("a server on a handle that another process has sent", () => {
    it.each([
      ["without TLS", false],
      ["with TLS", true],
    ])("%s serves at its address", async (_, secure) => {
      const handle = await sentServer();
      const watched = await start({ handle, ...(secure ? { tls } : {}) });
      expect(watched.server.address).toEqual({ host: "127.0.0.1", port: portOf(handle) });
      await expectToServeAGoodClient(watched, secure ? { tls: { ca: tls.cert } } : {});
    });

    it("serves clients that connected before it was started", async () => {
      const handle = await sentServer();
      const echo = {
        receive: (agent: { push(payload: Uint8Array): unknown }, payload: Uint8Array) => agent.push(payload),
      };
      const acceptor = { accept: () => "early" };
      const server = transport.createServer({ handle, acceptor, messageListener: echo });
      onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
      const accepted = once(handle, "connection");
      const address = `${transport.scheme}://127.0.0.1:${portOf(handle)}`;
      const dialling = transport.createDialer().dialAndHandshake(context(address));
      await within(accepted, "the connection");
      await server.start();
      const conn = await dialling;
      send(conn, "hello");
      expect(await read(conn)).toBe("hello");
      await conn.close();
    });

    it("outlives clients that connect and reset before it is started", async () => {
      const handle = await sentServer();
      const server = transport.createServer({ handle, messageListener: { receive() {} } });
      onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
      const accepted = once(handle, "connection");
      const peer = await connect(portOf(handle));
      const [socket] = await within(accepted, "the connection");
      const closed = new Promise((resolve) => socket.once("close", resolve));
      peer.socket.resetAndDestroy();
      await within(closed, "the reset");
      await server.start();
      await dial({ server });
    });

    it("takes the addresses of clients from PROXY headers", async () => {
      const handle = await sentServer();
      const { admitted, port } = await start({ handle, trustedProxies: ["127.0.0.1"], proxyProtocol: true });
      const peer = await connect(port);
      peer.send(
        Buffer.from("PROXY TCP4 203.0.113.9 192.0.2.1 40000 443\r\n"),
        transport.opening,
        transport.frame(2, "a"),
      );
      expect((await admitted.next()).remoteAddress).toEqual({ host: "203.0.113.9", port: 40_000 });
    });

    it("closes it at shutdown", async () => {
      const handle = await sentServer();
      const { server, port } = await start({ handle });
      await server.shutdown();
      const dialling = transport.createDialer().dialAndHandshake(context(`${transport.scheme}://127.0.0.1:${port}`));
      await expect(dialling).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    });
  });

  it("a descriptor that is no socket makes start fail with IM_ERR_LISTEN", async () => {
    const server = transport.createServer({ fd: 0x7fff_ffff, messageListener: { receive() {} } });
    await expect(server.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EINVAL" } });
  });

  it.each([
    ["a descriptor below 0", { fd: -1 }, "fd"],
    ["a descriptor that is a text", { fd: "3" }, "fd"],
    ["a descriptor beside a port", { fd: 3, port: 8000 }, "fd"],
    ["a handle that is none", { handle: {} }, "handle"],
    ["a handle that does not listen", { handle: createServer() }, "handle"],
  ])("%s is refused by name", (_, options, name) => {
    expect(() => transport.createServer(options as RawServerOptions)).toThrow(invalidOption(`${name} must be`));
  });

  it("a handle beside a host or a descriptor is refused by name", async () => {
    const handle = await sentServer();
    expect(() => transport.createServer({ handle, host: "127.0.0.1" })).toThrow(invalidOption("handle must be"));
    expect(() => transport.createServer({ handle, fd: 3 })).toThrow(invalidOption("fd must be"));
  });
}
