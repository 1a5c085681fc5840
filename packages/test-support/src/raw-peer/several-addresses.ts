import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { openBlackHole } from "../black-hole.js";
import { createCertificate, type KeyPair } from "../certificate.js";
import { context, harness } from "./harness.js";
import { startRawServer } from "./raw-server.js";
import type { RawTransport } from "./raw-transport.js";

const GOOD = "127.0.0.1";
const REFUSED = "127.0.0.2";
const SILENT = "127.0.0.3";
const ALSO_REFUSED = "127.0.0.4";
/** On a machine that stands still, the time of an attempt is over before its refusal is read. */
const REFUSED_OR_LATE = "E(CONNREFUSED|TIMEDOUT)";

/** Resolves every name to these addresses. */
function resolvesTo(...hosts: string[]): LookupFunction {
  const all: LookupAddress[] = hosts.map((address) => ({ address, family: 4 }));
  return (_name, options, found) => {
    if (options.all) found(null, all);
    else found(null, all[0]!.address, all[0]!.family);
  };
}

export function describeSeveralAddresses(transport: RawTransport): void {
  const { start } = harness(transport);
  let pair: KeyPair;

  beforeAll(async () => {
    pair = await createCertificate({ name: "chat.example" });
  });

  // Windows refuses a connection for which the queue has no room: an address there is never silent.
  describe.skipIf(process.platform === "win32")("a host with several addresses", () => {
    const options = { autoSelectFamilyAttemptTimeoutMs: 100 };

    it.each([
      ["without TLS", false],
      ["with TLS", true],
    ])("is reached %s at the one that answers", async (_, secure) => {
      const { port } = await start(secure ? { tls: pair } : {});
      await openBlackHole(SILENT, port);
      const lookup = resolvesTo(REFUSED, SILENT, GOOD);
      const dialer = transport.createDialer({ ...options, lookup, ...(secure ? { tls: { ca: pair.cert } } : {}) });
      const address = `${secure ? transport.tlsScheme : transport.scheme}://chat.example:${port}`;
      const conn = await dialer.dialAndHandshake(context(address));
      expect(conn.remoteAddress).toEqual({ host: GOOD, port });
      await conn.close();
    });

    it("that all fail is IM_ERR_CONNECT with the reason of each", async () => {
      const silent = await startRawServer(transport.peerOn);
      const { port } = silent;
      await openBlackHole(SILENT, port);
      const dialer = transport.createDialer({ ...options, lookup: resolvesTo(REFUSED, SILENT, ALSO_REFUSED) });
      const address = `${transport.scheme}://chat.example:${port}`;
      await expect(dialer.dialAndHandshake(context(address))).rejects.toMatchObject({
        code: "IM_ERR_CONNECT",
        message: expect.stringMatching(
          `^connecting to ${address} failed: ${[
            `connect ${REFUSED_OR_LATE} ${REFUSED}:${port}`,
            `connect ETIMEDOUT ${SILENT}:${port}`,
            `connect ECONNREFUSED ${ALSO_REFUSED}:${port}`,
          ].join("; ")}$`,
        ),
        cause: { errors: [{ address: REFUSED }, { address: SILENT }, { address: ALSO_REFUSED }] },
      });
    });

    it("of which the last never answers is IM_ERR_DIAL_TIMEOUT with the reason of each", async () => {
      const { port } = await startRawServer(transport.peerOn);
      await openBlackHole(SILENT, port);
      const dialer = transport.createDialer({ ...options, lookup: resolvesTo(REFUSED, SILENT) });
      const address = `${transport.scheme}://chat.example:${port}`;
      const dialling = dialer.dialAndHandshake({ ...context(address), timeoutMs: 500 });
      await expect(dialling).rejects.toMatchObject({
        code: "IM_ERR_DIAL_TIMEOUT",
        message: expect.stringMatching(
          `${address} within 500 ms.* connect ${REFUSED_OR_LATE} ${REFUSED}:${port}; connect ETIMEDOUT ${SILENT}:${port}$`,
        ),
      });
    });

    it("is tried at the first alone without autoSelectFamily", async () => {
      const { port } = await start();
      const dialer = transport.createDialer({ autoSelectFamily: false, lookup: resolvesTo(REFUSED, GOOD) });
      await expect(
        dialer.dialAndHandshake(context(`${transport.scheme}://chat.example:${port}`)),
      ).rejects.toMatchObject({
        code: "IM_ERR_CONNECT",
        cause: { code: "ECONNREFUSED", address: REFUSED },
      });
    });
  });
}
