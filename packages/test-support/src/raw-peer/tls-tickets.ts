import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createCertificate, type KeyPair } from "../certificate.js";
import { harness } from "./harness.js";
import { invalidOption } from "./options.js";
import type { RawTransport } from "./raw-transport.js";
import { sessionOf, shakeHands } from "./tls-updates.js";

const versions = ["TLSv1.2", "TLSv1.3"] as const;

/** What follows is as in a process that was started with other arguments. */
function asInAnotherProcess(): void {
  const { argv } = process;
  process.argv = [...argv, "another"];
  onTestFinished(() => {
    process.argv = argv;
  });
}

export function describeTlsTickets(transport: RawTransport): void {
  const { start } = harness(transport);
  let pair: KeyPair;

  beforeAll(async () => {
    pair = await createCertificate();
  });

  const isResumed = async (port: number, options: object) =>
    (await shakeHands(port, { ca: pair.cert, ...options })).isSessionReused();

  describe("servers with the same ticket keys", () => {
    it.each(versions)(
      "resume each other's sessions of %s, in processes with other arguments too",
      async (maxVersion) => {
        const tls = { ...pair, ticketKeys: randomBytes(48) };
        const one = await start({ tls });
        asInAnotherProcess();
        const other = await start({ tls });
        const session = await sessionOf(one.port, { ca: pair.cert, maxVersion });
        expect(await isResumed(other.port, { maxVersion, session })).toBe(true);
      },
    );

    it.each(versions)("resume sessions of %s with a certificate by name", async (maxVersion) => {
      const name = "chat.example";
      const named = await createCertificate({ name });
      const tls = { ...pair, contexts: { [name]: named }, ticketKeys: randomBytes(48) };
      const one = await start({ tls });
      asInAnotherProcess();
      const other = await start({ tls });
      const client = { ca: named.cert, servername: name, maxVersion };
      const session = await sessionOf(one.port, client);
      expect(await isResumed(other.port, { ...client, session })).toBe(true);
    });

    it("take new keys while they run: older sessions get a full handshake, newer ones are resumed", async () => {
      const tls = { ...pair, ticketKeys: randomBytes(48) };
      const [one, other] = await Promise.all([start({ tls }), start({ tls })]);
      const older = await sessionOf(one.port, { ca: pair.cert });
      const ticketKeys = randomBytes(48);
      for (const { server } of [one, other]) server.updateTls({ ticketKeys });
      expect(await isResumed(other.port, { session: older })).toBe(false);
      const newer = await sessionOf(one.port, { ca: pair.cert });
      expect(await isResumed(other.port, { session: newer })).toBe(true);
    });

    it("keep them when the certificate changes", async () => {
      const tls = { ...pair, ticketKeys: randomBytes(48) };
      const [one, other] = await Promise.all([start({ tls }), start({ tls })]);
      const session = await sessionOf(one.port, { ca: pair.cert });
      other.server.updateTls(await createCertificate({ name: "renewed.example" }));
      expect(await isResumed(other.port, { session })).toBe(true);
    });
  });

  it("servers with ticket keys of their own do not resume each other's sessions", async () => {
    const [one, other] = await Promise.all([start({ tls: pair }), start({ tls: pair })]);
    const session = await sessionOf(one.port, { ca: pair.cert });
    expect(await isResumed(other.port, { session })).toBe(false);
  });

  it.each([47, 49])("ticket keys of %i bytes are refused by name", async (length) => {
    const tls = { ...pair, ticketKeys: randomBytes(length) };
    expect(() => transport.createServer({ tls })).toThrow(invalidOption("tls.ticketKeys"));
  });
}
