import { X509Certificate } from "node:crypto";
import { setTimeout as elapse } from "node:timers/promises";
import { createCertificate } from "@im/test-support/certificate";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { expect, it } from "vitest";
import { percentile, report, size, within } from "./support/measuring.js";
import { ServerProcess } from "./support/server-process.js";
import { transports } from "./support/transports.js";

const RELOADS = size(20, 100);
const CONNECTS_PER_SECOND = size(100, 200);
const RELOAD_EVERY_MS = size(100, 250);
const MAX_AT_A_TIME = 50;

it.each(transports)(
  `${RELOADS} reloads under ${CONNECTS_PER_SECOND} connects a second fail none (%s)`,
  async (transport) => {
    const authority = await createCertificate({ name: "authority" });
    const pairs = await Promise.all(
      Array.from({ length: RELOADS + 1 }, () => createCertificate({ signedBy: authority })),
    );
    const serials = pairs.map(({ cert }) => new X509Certificate(cert).serialNumber);
    const server = await ServerProcess.start(transport, { options: { tls: pairs[0] } });

    /** Which pair the server has for certain, and which one it may have. */
    let least = 0;
    let most = 0;
    const tookMs: number[] = [];
    const served = new Set<number>();
    const connect = async () => {
      const expected = least;
      let pair = -1;
      const checkServerIdentity = (_host: string, { serialNumber }: { serialNumber: string }) => {
        pair = serials.indexOf(serialNumber);
        return undefined;
      };
      const tls = { ca: authority.cert, checkServerIdentity };
      const dialer = transport === "ws" ? wsDialer({ tls }) : tcpDialer({ tls });
      const startMs = performance.now();
      const conn = await dialer.dialAndHandshake({ address: server.dialUrl });
      tookMs.push(performance.now() - startMs);
      await conn.close();
      expect(pair).toBeGreaterThanOrEqual(expected);
      expect(pair).toBeLessThanOrEqual(most);
      served.add(pair);
    };

    const connects: Promise<unknown>[] = [];
    const failures: unknown[] = [];
    let ended = 0;
    const sinceMs = performance.now();
    const connectWhatIsDue = () => {
      const due = ((performance.now() - sinceMs) * CONNECTS_PER_SECOND) / 1000;
      // On a machine that is too slow for the rate, the connects wait for their turn.
      while (connects.length < due && connects.length - ended < MAX_AT_A_TIME) {
        connects.push(
          connect()
            .catch((error) => failures.push(error))
            .finally(() => ended++),
        );
      }
    };
    const timer = setInterval(connectWhatIsDue, 5);
    try {
      for (let reload = 1; reload <= RELOADS; reload++) {
        await elapse(RELOAD_EVERY_MS);
        most = reload;
        await server.call("updateTls", pairs[reload]);
        least = reload;
      }
      await elapse(RELOAD_EVERY_MS);
    } finally {
      clearInterval(timer);
    }
    const seconds = ((performance.now() - sinceMs) / 1000).toFixed(0);
    await within(30_000, Promise.all(connects), "the last connects");
    report(
      `${transport}: ${RELOADS} reloads, ${connects.length} connects in ${seconds} s, ${failures.length} failed, ` +
        `${served.size} certificates served; dial p50 ${percentile(tookMs, 50).toFixed(1)} ms, p99 ${percentile(tookMs, 99).toFixed(1)} ms`,
    );
    expect(failures).toEqual([]);
    expect(served.has(RELOADS)).toBe(true);
    expect(served.size).toBeGreaterThan(RELOADS / 4);
  },
);
