import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as elapse } from "node:timers/promises";
import { ClientError, createImClient } from "@im/client";
import { watchDelays } from "@im/test-support/delays";
import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { expect, it, onTestFinished } from "vitest";
import { report, size } from "./support/measuring.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer, transports } from "./support/transports.js";

const CONNECTIONS = size(200, 2_000);
const CONNECTIONS_PER_SECOND = size(200, 400);
const REQUESTS_PER_SECOND = 500;
const BEFORE_MS = 500;
/** So that requests and our Close are under way at the same time, and cross. */
const network = { latencyMs: 50 };

it.each(transports)(
  `${CONNECTIONS} connections on %s with ${REQUESTS_PER_SECOND} requests a second are drained in stages, and nothing is lost unnoticed`,
  async (transport) => {
    const options = { maxConnectionsPerAddress: 1_000_000 };
    const server = await ServerProcess.start(transport, { scenario: "requests", options });
    const proxy = await startFaultProxy({
      target: { host: "127.0.0.1", port: server.port },
      faults: { toServer: network, toClient: network },
    });
    onTestFinished(() => proxy.close());
    const clients = Array.from({ length: CONNECTIONS }, (_, index) =>
      createImClient({
        dialer: createDialer(transport),
        addresses: `${transport}://127.0.0.1:${proxy.port}`,
        token: `client ${index}`,
        reconnect: { baseMs: 1_000_000, capMs: 1_000_000 },
      }),
    );
    for (let first = 0; first < CONNECTIONS; first += 100) {
      await Promise.all(clients.slice(first, first + 100).map((client) => client.connect()));
    }

    /** Whose request came to which end, by client. */
    const answered: string[] = [];
    const unknown: string[] = [];
    let unsent = 0;
    const others: unknown[] = [];
    const pending = new Set<Promise<void>>();
    const request = (index: number) => {
      const settled = clients[index]!.request("chat.user.talk", new Uint8Array(100)).then(
        ({ sequence }) => void answered.push(`client ${index} ${sequence}`),
        (error: unknown) => {
          if (!(error instanceof ClientError)) others.push(error);
          else if (error.delivery === "unknown") unknown.push(`client ${index}`);
          else if (error.code === "IM_ERR_OFFLINE" && error.delivery === "none") unsent++;
          else others.push(error);
        },
      );
      pending.add(settled);
      void settled.finally(() => pending.delete(settled));
    };
    let asked = 0;
    const startMs = performance.now();
    const asking = setInterval(() => {
      const due = ((performance.now() - startMs) / 1000) * REQUESTS_PER_SECOND;
      while (asked < due) request((asked++ * 7) % CONNECTIONS);
    }, 2);
    await elapse(BEFORE_MS);

    await server.call("shutDownBegins");
    await server.call("watchDelays");
    const worstDelayMs = watchDelays();
    const drainStartMs = Date.now();
    const shutdown = server.call("shutdown", { connectionsPerSecond: CONNECTIONS_PER_SECOND });
    await elapse(50);
    const late = connect({ port: server.port, host: "127.0.0.1" });
    const [refusal] = await once(late, "error");
    expect(refusal).toMatchObject({ code: "ECONNREFUSED" });
    const shutdownReport = await shutdown;
    const tookMs = Date.now() - drainStartMs;
    clearInterval(asking);
    await Promise.all(pending);

    const plannedMs = (CONNECTIONS / CONNECTIONS_PER_SECOND) * 1000;
    const ends = await server.ends();
    const endsMs = ends.map(({ atMs }) => atMs - drainStartMs);
    // Our Close and the answer to it, what the machine may add at either end, and many short delays.
    const lateMs = 2 * network.latencyMs + 100 + worstDelayMs() + (await server.call<number>("worstDelayMs"));
    const arrived = await server.call<readonly string[]>("arrived");
    report(
      `${transport}: ${JSON.stringify(shutdownReport)} in ${tookMs.toFixed(0)} ms (planned ${plannedMs}); ${asked} requests: ` +
        `${answered.length} answered, ${unknown.length} of unknown outcome, ${unsent} not sent; ${arrived.length} arrived`,
    );
    expect(shutdownReport).toEqual({ clean: CONNECTIONS, cut: 0 });
    expect(others).toEqual([]);
    expect(answered.length + unknown.length + unsent).toBe(asked);
    expect(unknown.length).toBeGreaterThan(0);
    // What arrived was answered, all of it and nothing else.
    expect(answered.sort()).toEqual([...arrived].sort());
    expect(await server.counts()).toEqual({ admitted: CONNECTIONS, accepted: CONNECTIONS });
    expect(new Set(ends.map(({ id, code, clean }) => `${id} ${code} ${clean}`)).size).toBe(CONNECTIONS);
    for (const { code, clean } of ends) expect({ code, clean }).toEqual({ code: 1001, clean: true });
    for (const share of [0.25, 0.5, 0.75, 1]) {
      const atMs = endsMs[Math.ceil(share * CONNECTIONS) - 1]!;
      expect(atMs).toBeGreaterThan((share - 0.1) * plannedMs);
      expect(atMs).toBeLessThan((share + 0.1) * plannedMs + lateMs);
    }
    expect(tookMs).toBeLessThan(1.1 * plannedMs + 500);
    expect(await server.exits()).toBe(0);
    await Promise.all(clients.map((client) => client.close()));
  },
);
