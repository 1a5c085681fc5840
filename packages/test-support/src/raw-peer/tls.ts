import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { createSecureContext, type TlsOptions } from "node:tls";
import type { TlsInfo } from "@im/transport-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createCertificate } from "../certificate.js";
import { Recorder, within } from "../recorder.js";
import { loginByName, send } from "../watched-server.js";
import { connectedSocket, context, harness, secured } from "./harness.js";
import { startRawServer } from "./raw-server.js";
import type { RawTransport } from "./raw-transport.js";

/** Less than a ClientHello. */
const halfAHello = Buffer.from("1603010200", "hex");

export function describeTls(transport: RawTransport): void {
  const { start, connect, dial, expectToServeAGoodClient } = harness(transport);
  const { frame, opening, tlsScheme } = transport;
  let tls: { key: string; cert: string };
  let client: { tls: { ca: string } };

  beforeAll(async () => {
    tls = await createCertificate();
    client = { tls: { ca: tls.cert } };
  });

  describe("a server with TLS", () => {
    it("serves clients that trust its certificate", async () => {
      const watched = await start({ tls });
      expect(watched.server.dialUrl).toBe(`${tlsScheme}://127.0.0.1:${watched.port}${transport.dialPath}`);
      await expectToServeAGoodClient(watched, client);
    });

    it("learns which name was dialled (SNI), but no IP address", async () => {
      const names = new Recorder<string>("names that clients ask for");
      const SNICallback: TlsOptions["SNICallback"] = (name, found) => {
        names.add(name);
        found(null, createSecureContext(tls));
      };
      const { port } = await start({ tls: { ...tls, SNICallback } });
      const dialTo = async (host: string, options: object = client.tls) => {
        const dialer = transport.createDialer({ tls: options });
        await (await dialer.dialAndHandshake(context(`${tlsScheme}://${host}:${port}`))).close();
      };
      await dialTo("127.0.0.1");
      await dialTo("localhost");
      await dialTo("localhost", { ...client.tls, servername: "other", checkServerIdentity: () => undefined });
      expect(names.all).toEqual(["localhost", "other"]);
    });

    it("gives the login the name that was dialled and the certificate of the client", async () => {
      const logins = new Recorder<TlsInfo | undefined>("logins");
      const watched = await start({
        tls: { ...tls, ca: tls.cert, requestCert: true, rejectUnauthorized: false },
        acceptor: {
          accept(_conn, { handshake }) {
            // Read here: later the socket may have closed.
            const { serverName, certificate, authorized } = handshake.tls!;
            logins.add({ serverName, certificate, authorized });
            return `${logins.all.length}`;
          },
        },
      });
      const dialTo = async (host: string, options: object) => {
        const dialer = transport.createDialer({ tls: options });
        await (await dialer.dialAndHandshake(context(`${tlsScheme}://${host}:${watched.port}`))).close();
        return logins.next();
      };
      expect(await dialTo("localhost", { ...client.tls, ...tls })).toMatchObject({
        serverName: "localhost",
        certificate: { subject: { CN: "localhost" }, raw: new X509Certificate(tls.cert).raw },
        authorized: true,
      });
      const unknown = { serverName: undefined, certificate: undefined, authorized: false };
      expect(await dialTo("127.0.0.1", client.tls)).toEqual(unknown);
    });

    it("keeps frames that arrive in the same chunk as the end of the handshake (fault 9)", async () => {
      const { port, messages } = await start({ tls });
      const socket = secured(await connectedSocket(port), tls.cert);
      socket.write(Buffer.concat([opening, frame(2, "alice"), frame(2, "first")]));
      expect(await messages.next()).toMatchObject({ id: "alice", text: "first" });
    });

    it("cuts a client that sends plain bytes, and reports nothing: it was no connection yet", async () => {
      const watched = await start({ tls });
      const peer = await connect(watched.port);
      peer.send(opening, frame(2, "alice"), frame(2, "hello"));
      await peer.ended();
      expect(peer.frames).toEqual([]);
      expect(watched.errors.all).toEqual([]);
      await expectToServeAGoodClient(watched, client);
    });

    it.each([
      ["a reset", (socket: Socket) => void socket.resetAndDestroy()],
      ["FIN", (socket: Socket) => void socket.end()],
    ])("survives %s in the middle of the handshake", async (_, leave) => {
      const watched = await start({ tls });
      const socket = await connectedSocket(watched.port);
      socket.write(halfAHello);
      leave(socket);
      await expectToServeAGoodClient(watched, client);
      expect(watched.errors.all).toEqual([]);
    });

    it("cuts a handshake that never finishes at the login wait", async () => {
      const watched = await start({ tls, loginWaitMs: 200 });
      const silent = await connect(watched.port);
      const dripping = await connect(watched.port);
      const drip = setInterval(() => dripping.send(Uint8Array.of(0x16)), 20);
      await Promise.all([silent.ended(), dripping.ended()]).finally(() => clearInterval(drip));
      await expectToServeAGoodClient(watched, client);
    });

    it("gives the login what the handshake left of the login wait (fault 10)", async () => {
      const loginWaitMs = 5000;
      let timeoutMs = Number.NaN;
      const { port, messages } = await start({
        tls,
        loginWaitMs,
        acceptor: {
          accept(conn, options) {
            ({ timeoutMs } = options);
            return loginByName.accept(conn, options);
          },
        },
      });
      const since = performance.now();
      const socket = await connectedSocket(port);
      // The time that passes is what is measured.
      await new Promise((resolve) => setTimeout(resolve, 300));
      secured(socket, tls.cert).write(Buffer.concat([opening, frame(2, "alice"), frame(2, "first")]));
      await messages.next();
      expect(timeoutMs).toBeLessThanOrEqual(loginWaitMs - 250);
      expect(timeoutMs).toBeGreaterThanOrEqual(loginWaitMs - (performance.now() - since) - 2);
    });

    it("may wait for logins without end", async () => {
      const watched = await start({ tls, loginWaitMs: Number.POSITIVE_INFINITY });
      await expectToServeAGoodClient(watched, client);
    });

    it("cuts handshakes that are under way when it shuts down", async () => {
      const watched = await start({ tls });
      const silent = await connect(watched.port);
      const half = await connect(watched.port);
      half.send(halfAHello);
      // A good client that came later is served: the server has seen the two.
      const conn = await dial(watched, client);
      await within(Promise.all([watched.server.shutdown(), conn.closed]), "the end of shutdown");
      expect(await silent.framesUntilEnd()).toEqual([]);
      await half.ended();
    });

    it("is not blocked while the peer takes all that it sends", async () => {
      let blocked = 0;
      const watched = await start({
        tls,
        hooks: { blocked: () => void blocked++ },
        messageListener: { receive: (agent, payload) => agent.push(payload) },
      });
      const conn = await dial(watched, client);
      for (let i = 0; i < 20; i++) {
        send(conn, `${i}`);
        if (i > 0) expect(Buffer.from((await within(conn.readFrame(), "the echo")).payload).toString()).toBe(`${i}`);
      }
      expect(blocked).toBe(0);
    });
  });

  describe("a dialer with TLS", () => {
    it("refuses a certificate that it does not trust with IM_ERR_HANDSHAKE", async () => {
      const watched = await start({ tls });
      const dialling = transport.createDialer().dialAndHandshake(context(watched.server.dialUrl));
      await expect(dialling).rejects.toMatchObject({
        code: "IM_ERR_HANDSHAKE",
        cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
      });
      await expectToServeAGoodClient(watched, client);
      expect(watched.admitted.all).toHaveLength(1);
    });

    it("refuses the certificate of another name with IM_ERR_HANDSHAKE", async () => {
      const { server } = await start({ tls });
      const dialer = transport.createDialer({ tls: { ...client.tls, servername: "example.org" } });
      await expect(dialer.dialAndHandshake(context(server.dialUrl))).rejects.toMatchObject({
        code: "IM_ERR_HANDSHAKE",
        cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
      });
    });

    it("fails with IM_ERR_HANDSHAKE on a server without TLS, which survives", async () => {
      const watched = await start();
      const dialling = transport
        .createDialer(client)
        .dialAndHandshake(context(`${tlsScheme}://127.0.0.1:${watched.port}`));
      await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
      await expectToServeAGoodClient(watched);
    });

    it("gives up on a server that never answers the handshake at its time limit, and leaves no socket", async () => {
      const silent = await startRawServer(transport.peerOn);
      const address = `${tlsScheme}://127.0.0.1:${silent.port}`;
      const dialling = transport.createDialer(client).dialAndHandshake({ ...context(address), timeoutMs: 100 });
      await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_DIAL_TIMEOUT" });
      await silent.peers.next();
      await silent.empty();
    });
  });
}
