import dns from "node:dns";
import { Server } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createCertificate } from "../certificate.js";
import { loginByName } from "../watched-server.js";
import { context, harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

const messageListener = { receive() {} };

function twoAddresses(_name: string, _options: unknown, found: (error: null, addresses: object[]) => void) {
  found(
    null,
    ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 })),
  );
}

export function describeListening(transport: RawTransport): void {
  const { start, dial, expectToServeAGoodClient } = harness(transport);
  const { scheme } = transport;

  describe("a listening socket", () => {
    it.each([
      ["without TLS", false],
      ["with TLS", true],
    ])("%s that cannot accept, for want of file descriptors, is reported, and goes on", async (_, secure) => {
      const { key, cert } = await createCertificate();
      const listen = vi.spyOn(Server.prototype, "listen");
      const watched = await start(secure ? { tls: { key, cert } } : {});
      const [socket] = listen.mock.contexts as Server[];
      listen.mockRestore();
      const emfile = Object.assign(new Error("accept EMFILE"), { code: "EMFILE", syscall: "accept" });
      socket!.emit("error", emfile);
      expect(await watched.errors.next()).toEqual({ during: "listen", error: emfile });
      await expectToServeAGoodClient(watched, secure ? { tls: { ca: cert } } : {});
    });

    it("on an address that is in use is refused with IM_ERR_LISTEN, and start may be called again", async () => {
      const first = await start();
      const options = { host: "127.0.0.1", port: first.port, messageListener, acceptor: loginByName };
      const second = transport.createServer(options);
      await expect(second.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN", cause: { code: "EADDRINUSE" } });
      await expectToServeAGoodClient(first);
      await first.server.shutdown();
      await second.start();
      expect(second.address).toEqual({ host: "127.0.0.1", port: first.port });
      await second.shutdown();
    });

    it("is closed by shutdown: a dial fails with IM_ERR_CONNECT and the system's error", async () => {
      const { server, port } = await start();
      await server.shutdown();
      const dialling = transport.createDialer().dialAndHandshake(context(`${scheme}://127.0.0.1:${port}`));
      await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_CONNECT", cause: { code: "ECONNREFUSED" } });
    });

    it("that is not there at any address of a name makes a dial say why at each", async () => {
      vi.spyOn(dns, "lookup").mockImplementation(twoAddresses as never);
      onTestFinished(() => void vi.restoreAllMocks());
      const address = `${scheme}://two.test:1`;
      await expect(transport.createDialer().dialAndHandshake(context(address))).rejects.toMatchObject({
        code: "IM_ERR_CONNECT",
        message: `connecting to ${address} failed: connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.2:1`,
      });
    });

    it("on IPv6 has an address that a dialer takes", async () => {
      const watched = await start({ host: "::1" });
      expect(watched.server.dialUrl).toBe(`${scheme}://[::1]:${watched.port}${transport.dialPath}`);
      const conn = await dial(watched);
      expect(conn.remoteAddress).toEqual({ host: "::1", port: watched.port });
      await expectToServeAGoodClient(watched);
    });

    it("without a host is reached at every address of the machine", async () => {
      const server = transport.createServer({ messageListener });
      await server.start();
      for (const host of ["127.0.0.1", "localhost"]) {
        const address = `${scheme}://${host}:${server.address.port}`;
        const conn = await transport.createDialer().dialAndHandshake(context(address));
        expect(conn.remoteAddress.port).toBe(server.address.port);
        conn.destroy();
      }
      await server.shutdown();
    });
  });
}
