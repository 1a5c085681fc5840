import dns from "node:dns";
import { Server } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createTcpServer, tcpDialer } from "../src/index.js";
import { expectToServeAGoodClient, startServer } from "./support/tcp-server.js";
import { loginByName } from "./support/watched-server.js";

const messageListener = { receive() {} };

function twoAddresses(_name: string, _options: unknown, found: (error: null, addresses: object[]) => void) {
  found(
    null,
    ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 })),
  );
}

describe("a listening socket", () => {
  it("that cannot accept, for want of file descriptors, is reported, and goes on", async () => {
    const listen = vi.spyOn(Server.prototype, "listen");
    const watched = await startServer();
    const [socket] = listen.mock.contexts as Server[];
    listen.mockRestore();
    const emfile = Object.assign(new Error("accept EMFILE"), { code: "EMFILE", syscall: "accept" });
    socket!.emit("error", emfile);
    expect(await watched.errors.next()).toEqual({ during: "listen", error: emfile });
    await expectToServeAGoodClient(watched);
  });

  it("on an address that is taken is refused with IM_ERR_LISTEN, and start may be tried again", async () => {
    const first = await startServer();
    const second = createTcpServer({ host: "127.0.0.1", port: first.port, messageListener, acceptor: loginByName });
    await expect(second.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EADDRINUSE" } });
    await expectToServeAGoodClient(first);
    await first.server.shutdown();
    await second.start();
    expect(second.address).toEqual({ host: "127.0.0.1", port: first.port });
    await second.shutdown();
  });

  it("is closed by shutdown: nobody connects any more", async () => {
    const { server, port } = await startServer();
    await server.shutdown();
    const context = { id: "", name: "", address: `127.0.0.1:${port}`, timeoutMs: 5000 };
    await expect(tcpDialer().dialAndHandshake(context)).rejects.toMatchObject({
      code: "IM_ERR_CONNECT",
      cause: { code: "ECONNREFUSED" },
    });
  });

  it("is closed: of a name with several addresses the error says why, too", async () => {
    vi.spyOn(dns, "lookup").mockImplementation(twoAddresses as never);
    onTestFinished(() => void vi.restoreAllMocks());
    const context = { id: "", name: "", address: "tcp://two.test:1", timeoutMs: 5000 };
    await expect(tcpDialer().dialAndHandshake(context)).rejects.toMatchObject({
      code: "IM_ERR_CONNECT",
      message:
        "connecting to tcp://two.test:1 failed: connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.2:1",
    });
  });

  it("on IPv6 has an address that a dialer takes", async () => {
    const watched = await startServer({ host: "::1" });
    expect(watched.server.dialUrl).toBe(`tcp://[::1]:${watched.port}`);
    await expectToServeAGoodClient(watched);
  });

  it("without a host is reached at every address of the machine", async () => {
    const server = createTcpServer({ messageListener });
    await server.start();
    for (const host of ["127.0.0.1", "localhost"]) {
      const context = { id: "", name: "", address: `${host}:${server.address.port}`, timeoutMs: 5000 };
      const conn = await tcpDialer().dialAndHandshake(context);
      expect(conn.remoteAddress.port).toBe(server.address.port);
      conn.destroy();
    }
    await server.shutdown();
  });
});
