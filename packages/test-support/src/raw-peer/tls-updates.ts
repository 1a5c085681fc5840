import { once } from "node:events";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createCertificate, type KeyPair } from "../certificate.js";
import { within } from "../recorder.js";
import { read, send } from "../watched-server.js";
import { connectedSocket, harness, secured } from "./harness.js";
import { invalidOption } from "./options.js";
import type { RawTransport } from "./raw-transport.js";

/** A client that has done its handshake, and sent nothing else. */
export async function shakeHands(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connectTls({ host: "127.0.0.1", port, servername: "localhost", ...options });
  onTestFinished(() => void socket.destroy());
  await within(once(socket, "secureConnect"), "the TLS handshake");
  socket.on("error", () => {});
  return socket;
}

export const nameOf = (socket: TLSSocket) => socket.getPeerCertificate().subject.CN;

export function describeTlsUpdates(transport: RawTransport): void {
  const { start, dial, expectToServeAGoodClient } = harness(transport);
  const echo = { receive: (agent: { push(payload: Uint8Array): unknown }, payload: Uint8Array) => agent.push(payload) };
  let old: KeyPair;
  let renewed: KeyPair;

  beforeAll(async () => {
    [old, renewed] = await Promise.all([createCertificate(), createCertificate({ name: "renewed.example" })]);
  });

  describe("updateTls", () => {
    it("gives new connections the new certificate, and leaves those that are there alone", async () => {
      const watched = await start({ tls: old, messageListener: echo });
      const before = await dial(watched, { tls: { ca: old.cert } });
      watched.server.updateTls(renewed);
      await expectToServeAGoodClient(watched, { tls: { ca: renewed.cert } });
      const dialling = dial(watched, { tls: { ca: old.cert } });
      await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
      send(before, "before");
      send(before, "still here");
      expect(await read(before)).toBe("still here");
    });

    it("before start counts too", async () => {
      const server = transport.createServer(transport.located({ tls: old, messageListener: echo }));
      onTestFinished(() => server.shutdown().then(() => {}));
      server.updateTls(renewed);
      await server.start();
      await dial({ server }, { tls: { ca: renewed.cert } });
    });

    it("finishes handshakes that have begun with the certificate that they began with", async () => {
      const watched = await start({ tls: old });
      const socket = await connectedSocket(watched.port);
      // The server accepts in order: when it has served a later client, it has the former.
      await expectToServeAGoodClient(watched, { tls: { ca: old.cert } });
      watched.server.updateTls(renewed);
      const begun = secured(socket, old.cert);
      await within(once(begun, "secureConnect"), "the TLS handshake");
      expect(nameOf(begun)).toBe("localhost");
    });

    it.each([
      [
        "the key of another certificate",
        () => ({ key: renewed.key, cert: old.cert }),
        "tls.key is not the key of tls.cert",
      ],
      ["a key that is none", () => ({ key: "none", cert: renewed.cert }), "tls.key"],
      ["a certificate that is none", () => ({ key: renewed.key, cert: "none" }), "tls.cert"],
      ["a certificate without its key", () => ({ cert: renewed.cert }), "tls.key"],
      ["an authority that is none", () => ({ ...renewed, ca: "none" }), "tls.ca"],
      ["a list of revoked certificates that is none", () => ({ ...renewed, crl: "none" }), "tls.crl"],
      ["nothing", () => undefined, "tls"],
      ["a misspelt option", () => ({ ...renewed, requestCrt: true }), "tls.requestCrt"],
      ["a flag that is no boolean", () => ({ ...renewed, requestCert: "yes" }), "tls.requestCert"],
      [
        "a bad certificate for a name",
        () => ({ contexts: { "*.example": { ...old, key: renewed.key } } }),
        'tls.contexts["*.example"].key',
      ],
    ])("refuses %s by name, and keeps the old certificate", async (_, update, name) => {
      const watched = await start({ tls: old });
      expect(() => watched.server.updateTls(update() as object)).toThrow(invalidOption(name));
      await expectToServeAGoodClient(watched, { tls: { ca: old.cert } });
    });

    it("puts an option in the place of its alternative", async () => {
      const { port, server } = await start({ tls: { ...old, SNICallback: (_name, found) => found(null) } });
      server.updateTls({ contexts: { "chat.example": renewed }, ALPNCallback: ({ protocols }) => protocols.at(-1) });
      const options = { ca: renewed.cert, servername: "chat.example", ALPNProtocols: ["im", "http/1.1"] };
      const client = await shakeHands(port, { ...options, checkServerIdentity: () => undefined });
      expect([nameOf(client), client.alpnProtocol]).toEqual(["renewed.example", "http/1.1"]);
    });

    it("of a server without TLS is IM_ERR_UNSUPPORTED", async () => {
      const { server } = await start();
      expect(() => server.updateTls(renewed)).toThrow(expect.objectContaining({ code: "IM_ERR_UNSUPPORTED" }));
    });
  });

  describe("certificates by name", () => {
    const names = { chat: "chat.example", any: "a.rooms.example" };
    let chat: KeyPair;
    let rooms: KeyPair;

    beforeAll(async () => {
      [chat, rooms] = await Promise.all([
        createCertificate({ name: names.chat }),
        createCertificate({ name: "*.rooms.example" }),
      ]);
    });

    const contexts = () => ({ [names.chat]: chat, "*.rooms.example": rooms });
    const served = async (port: number, servername: string) =>
      nameOf(await shakeHands(port, { servername, rejectUnauthorized: false }));

    it("are served to clients that ask for the name; the others get the server's own", async () => {
      const { port } = await start({ tls: { ...old, contexts: contexts() } });
      expect(await served(port, names.chat)).toBe(names.chat);
      expect(await served(port, names.any)).toBe("*.rooms.example");
      expect(await served(port, "other.example")).toBe("localhost");
    });

    it("can do without a certificate of the server's own", async () => {
      const { port } = await start({ tls: { contexts: contexts() } });
      expect(await served(port, names.chat)).toBe(names.chat);
    });

    it("are replaced together", async () => {
      const { port, server } = await start({ tls: { ...old, contexts: contexts() } });
      server.updateTls({ contexts: { [names.chat]: renewed } });
      expect(await served(port, names.chat)).toBe("renewed.example");
      expect(await served(port, names.any)).toBe("localhost");
    });
  });

  describe("a protocol by ALPN", () => {
    it("is the first of the server's that the client offers", async () => {
      const { port } = await start({ tls: { ...old, ALPNProtocols: ["im", "http/1.1"] } });
      const client = await shakeHands(port, { ca: old.cert, ALPNProtocols: ["http/1.1", "im"] });
      expect(client.alpnProtocol).toBe("im");
    });

    it("is what the dialer offers", async () => {
      const offers: string[][] = [];
      const ALPNCallback = ({ protocols }: { protocols: string[] }) => {
        offers.push(protocols);
        return protocols[0];
      };
      const watched = await start({ tls: { ...old, ALPNCallback } });
      await dial(watched, { tls: { ca: old.cert, ALPNProtocols: ["im", "http/1.1"] } });
      expect(offers).toEqual([["im", "http/1.1"]]);
    });

    it("that both know must exist: IM_ERR_HANDSHAKE", async () => {
      const watched = await start({ tls: { ...old, ALPNProtocols: ["im"] } });
      const dialling = dial(watched, { tls: { ca: old.cert, ALPNProtocols: ["other"] } });
      await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
    });
  });

  describe("a TLS session", () => {
    it.each(["TLSv1.2", "TLSv1.3"] as const)("of %s is resumed, after an update too", async (maxVersion) => {
      const { port, server } = await start({ tls: old });
      const session = await sessionOf(port, { ca: old.cert, maxVersion });
      expect((await shakeHands(port, { ca: old.cert, maxVersion, session })).isSessionReused()).toBe(true);
      server.updateTls(renewed);
      expect((await shakeHands(port, { ca: old.cert, maxVersion, session })).isSessionReused()).toBe(true);
    });

    it("is resumed by a dialer that is given it", async () => {
      const watched = await start({ tls: old });
      const session = await sessionOf(watched.port, { ca: old.cert });
      // Only a session that is resumed spares the dialer its look at the name.
      const tls = { session, ca: old.cert, servername: "localhost", checkServerIdentity: () => new Error("looked at") };
      await expect(dial(watched, { tls: { ...tls, session: undefined } })).rejects.toThrow("looked at");
      await dial(watched, { tls });
    });
  });
}

/** Connects, and waits for the session that the server offers. */
export async function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  let session: Buffer | undefined;
  const socket = connectTls({ host: "127.0.0.1", port, servername: "localhost", ...options });
  onTestFinished(() => void socket.destroy());
  socket.on("session", (given: Buffer) => {
    session = given;
  });
  socket.on("error", () => {});
  if (session === undefined) await within(once(socket, "session"), "a TLS session");
  socket.destroy();
  return session!;
}
