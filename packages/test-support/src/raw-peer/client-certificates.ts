import type { PeerCertificate, SecureContextOptions, TLSSocket } from "node:tls";
import type { RefusalReason } from "@im/transport-core";
import type { TlsServerOptions } from "@im/transport-core/node";
import { beforeAll, describe, expect, it } from "vitest";
import { createCertificate, type KeyPair } from "../certificate.js";
import { Recorder, within } from "../recorder.js";
import { createRevocationList } from "../revocation-list.js";
import { connectedSocket, harness, securedBy } from "./harness.js";
import type { RawServerOptions, RawTransport } from "./raw-transport.js";
import { sessionOf, shakeHands } from "./tls-updates.js";

/** What no transport understands: a server that read it would answer. */
const nonsense = Buffer.alloc(256, 0xff);

/** All that the server sends until it ends the connection. */
async function answerTo(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
  await within(ended, "the end of the connection");
  return Buffer.concat(chunks).toString("latin1");
}

export function describeClientCertificates(transport: RawTransport): void {
  const { start, dial, expectToServeAGoodClient } = harness(transport);
  let server: KeyPair;
  let authority: KeyPair;
  let alice: KeyPair;
  let mallory: KeyPair;
  let expired: KeyPair;
  let stranger: KeyPair;
  let crl: string;

  beforeAll(async () => {
    [server, authority] = await Promise.all([createCertificate(), createCertificate({ name: "authority" })]);
    // It has the same name, but another key.
    const otherAuthority = await createCertificate({ name: "authority" });
    [alice, mallory, expired, stranger] = await Promise.all([
      createCertificate({ name: "alice", signedBy: authority }),
      createCertificate({ name: "mallory", signedBy: authority }),
      createCertificate({ name: "expired", signedBy: authority, notAfterDate: new Date("2021-01-01") }),
      createCertificate({ name: "stranger", signedBy: otherAuthority }),
    ]);
    crl = await createRevocationList(authority, [mallory.cert]);
  });

  const withCertificate = (pair: KeyPair | undefined): { tls: SecureContextOptions } => ({
    tls: { ca: server.cert, ...pair },
  });
  const notMallory = ({ subject }: PeerCertificate) => (subject.CN === "mallory" ? new Error("revoked") : undefined);

  async function startStrict(options: TlsServerOptions = {}, rest: RawServerOptions = {}) {
    const refused = new Recorder<RefusalReason>("refusals");
    const tls = { ...server, ca: authority.cert, requestCert: true, ...options };
    const watched = await start({ tls, hooks: { refused: (why) => refused.add(why) }, ...rest });
    return { watched, refused };
  }

  describe("a server that asks for certificates of clients", () => {
    it("serves clients whose certificate its authority has signed", async () => {
      const { watched } = await startStrict({ crl, checkClientIdentity: notMallory });
      await expectToServeAGoodClient(watched, withCertificate(alice));
    });

    it.each<[string, TlsServerOptions | "crl", () => KeyPair | undefined]>([
      ["that has expired", {}, () => expired],
      ["of another authority", {}, () => stranger],
      ["that is missing", {}, () => undefined],
      ["on the list of revoked ones", "crl", () => mallory],
      ["that checkClientIdentity refuses", { checkClientIdentity: notMallory }, () => mallory],
      ["for which checkClientIdentity throws", { checkClientIdentity: throwing }, () => alice],
    ])("refuses a certificate %s, and reads nothing of what the client sends", async (_, options, pair) => {
      const { watched, refused } = await startStrict(options === "crl" ? { crl } : options);
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        const socket = securedBy(await connectedSocket(watched.port), { ca: server.cert, maxVersion, ...pair() });
        socket.write(nonsense);
        expect(await answerTo(socket)).toBe("");
        expect(await refused.next()).toBe("handshake");
      }
      const dialling = dial(watched, withCertificate(pair())).then((conn) => conn.closed);
      await within(
        dialling.catch(() => {}),
        "the end of the dial",
      );
      expect(watched.admitted.all).toEqual([]);
    });

    it("reports what checkClientIdentity throws", async () => {
      const { watched } = await startStrict({ checkClientIdentity: throwing });
      await connect(watched.port, alice);
      expect(await watched.errors.next()).toMatchObject({
        during: "handshake",
        error: { message: "no such function" },
      });
    });

    it("lets in clients without a certificate if rejectUnauthorized is false", async () => {
      const { watched } = await startStrict({ rejectUnauthorized: false });
      await expectToServeAGoodClient(watched, withCertificate(undefined));
    });

    it("asks whichever name the client wants, and trusts the same authorities", async () => {
      const { watched } = await startStrict({ contexts: { localhost: server } });
      const tls = { ...withCertificate(alice).tls, servername: "localhost" };
      await expectToServeAGoodClient(watched, { tls });
      const socket = securedBy(await connectedSocket(watched.port), { ...tls, ...stranger });
      socket.write(nonsense);
      expect(await answerTo(socket)).toBe("");
    });

    it("goes on asking after an update that brings a certificate only", async () => {
      const { watched, refused } = await startStrict();
      watched.server.updateTls(server);
      await connect(watched.port, undefined);
      expect(await refused.next()).toBe("handshake");
      await expectToServeAGoodClient(watched, withCertificate(alice));
    });

    it("checks a client that resumes a session as others", async () => {
      const revoked: string[] = [];
      const checkClientIdentity = ({ subject }: PeerCertificate) =>
        revoked.includes(subject.CN) ? new Error("revoked") : undefined;
      const { watched, refused } = await startStrict({ checkClientIdentity });
      const client = { ca: server.cert, ...mallory };
      const session = await sessionOf(watched.port, client);
      const resumed = await shakeHands(watched.port, { ...client, session });
      expect(resumed.isSessionReused()).toBe(true);
      revoked.push("mallory");
      const before = refused.all.length;
      const socket = securedBy(await connectedSocket(watched.port), { ...client, session });
      socket.write(nonsense);
      expect(await answerTo(socket)).toBe("");
      await refused.until(() => refused.all.length > before, "one more");
    });

    it("does not resume sessions after an update, which may have revoked them", async () => {
      const { watched } = await startStrict();
      const client = { ca: server.cert, ...mallory };
      const session = await sessionOf(watched.port, client);
      watched.server.updateTls({ crl });
      const socket = securedBy(await connectedSocket(watched.port), { ...client, session });
      socket.write(nonsense);
      expect(await answerTo(socket)).toBe("");
    });
  });

  async function connect(port: number, pair: KeyPair | undefined): Promise<TLSSocket> {
    return securedBy(await connectedSocket(port), { ca: server.cert, ...pair });
  }
}

function throwing(): never {
  throw new TypeError("no such function");
}
