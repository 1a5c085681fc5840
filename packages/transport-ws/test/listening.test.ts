import { Server } from "node:net";
import { createCertificate } from "@im/transport-compliance/certificate";
import { describe, expect, it, vi } from "vitest";
import { createWsServer } from "../src/index.js";
import { loginByName } from "./support/transport-neutral.js";
import { dial, expectToServeAGoodClient, startServer } from "./support/ws-server.js";

describe("a port of its own", () => {
  it.each([
    ["ws", false],
    ["wss", true],
  ])("that cannot accept, for want of file descriptors, is reported, and goes on: %s", async (_, secure) => {
    const { key, cert } = await createCertificate();
    const listen = vi.spyOn(Server.prototype, "listen");
    const watched = await startServer(secure ? { tls: { key, cert } } : {});
    const [socket] = listen.mock.contexts as Server[];
    listen.mockRestore();
    const emfile = Object.assign(new Error("accept EMFILE"), { code: "EMFILE", syscall: "accept" });
    socket!.emit("error", emfile);
    expect(await watched.errors.next()).toEqual({ during: "listen", error: emfile });
    await expectToServeAGoodClient(watched, secure ? { tls: { ca: cert } } : {});
  });

  it("that is taken is refused with IM_ERR_LISTEN, and start may be tried again", async () => {
    const first = await startServer();
    const messageListener = { receive() {} };
    const second = createWsServer({ host: "127.0.0.1", port: first.port, messageListener, acceptor: loginByName });
    await expect(second.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EADDRINUSE" } });
    await expectToServeAGoodClient(first);
    await first.server.shutdown();
    await second.start();
    expect(second.address).toEqual({ host: "127.0.0.1", port: first.port });
    await second.shutdown();
  });

  it("on IPv6 has an address that a dialer takes", async () => {
    const watched = await startServer({ host: "::1" });
    expect(watched.server.dialUrl).toBe(`ws://[::1]:${watched.port}/`);
    const conn = await dial(watched);
    expect(conn.remoteAddress).toEqual({ host: "::1", port: watched.port });
    await expectToServeAGoodClient(watched);
  });
});
