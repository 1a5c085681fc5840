import { setTimeout as elapse } from "node:timers/promises";
import type { ClientError } from "@im/client";
import { type Faults, startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { expect, it, onTestFinished, vi } from "vitest";
import { createHonestClient } from "./support/honest-client.js";
import { report, size } from "./support/measuring.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer, transports } from "./support/transports.js";

const OF_EACH_KIND = size(50, 500);
const READ_WAIT_MS = size(500, 3_000);
const HEARTBEAT_MS = READ_WAIT_MS / 4;
/** Deadlines are looked at so often. */
const CHECK_MS = 100;
/** For the machine: so many ends at once take their turns. */
const SLACK_MS = 250;

/** In both directions, or in one. */
const silences: readonly Faults[] = [
  { toServer: { drop: true }, toClient: { drop: true } },
  { toServer: { drop: true } },
  { toClient: { drop: true } },
];
const CONNECTIONS = OF_EACH_KIND * silences.length;

it.each(transports)(
  `${OF_EACH_KIND} connections on %s that fall silent both ways, and as many each way, end on both sides within the read wait and one check, none early`,
  async (transport) => {
    const server = await ServerProcess.start(transport, {
      options: { readWaitMs: READ_WAIT_MS, maxConnectionsPerAddress: 1_000_000 },
    });
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: server.port } });
    onTestFinished(() => proxy.close());
    const address = `${transport}://127.0.0.1:${proxy.port}`;
    const clients = Array.from({ length: CONNECTIONS }, (_, index) =>
      createHonestClient(createDialer(transport), `client ${index}`, {
        heartbeatMs: HEARTBEAT_MS,
        readWaitMs: READ_WAIT_MS,
      }),
    );
    await Promise.all(clients.map((client) => client.connect(address)));
    const clientEnds = clients.map(async (client) => {
      const error = await client.read().then(
        () => expect.unreachable("the server says nothing"),
        (error: ClientError) => error,
      );
      return { error, atMs: Date.now() };
    });

    // Heartbeats keep the connections longer than the read wait.
    await elapse(1.2 * READ_WAIT_MS);
    expect(await server.ends()).toEqual([]);
    proxy.setFaults((index) => silences[index % silences.length]!);
    const silentAtMs = Date.now();

    const atClients = await Promise.all(clientEnds);
    const latestMs = READ_WAIT_MS + CHECK_MS + SLACK_MS;
    const allEnded = async () => expect(await server.ends()).toHaveLength(CONNECTIONS);
    await vi.waitFor(allEnded, { timeout: Math.max(1, silentAtMs + latestMs - Date.now()), interval: 20 });
    const atServer = await server.ends();
    const afterMs = (ends: readonly { atMs: number }[]) => ends.map(({ atMs }) => atMs - silentAtMs);
    const [servers, all] = [afterMs(atServer), afterMs([...atServer, ...atClients])];
    report(
      `${transport}: read wait ${READ_WAIT_MS}, heartbeat ${HEARTBEAT_MS}: the server found out ` +
        `${Math.min(...servers)} to ${Math.max(...servers)} ms, both sides ${Math.min(...all)} to ` +
        `${Math.max(...all)} ms after the silence began`,
    );
    expect(new Set(atServer.map(({ id }) => id)).size).toBe(CONNECTIONS);
    for (const { error } of atClients) expect(error).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED" });
    // The last sign of life may be as old as a heartbeat.
    expect(Math.min(...all)).toBeGreaterThan(READ_WAIT_MS - HEARTBEAT_MS - CHECK_MS);
    expect(Math.max(...all)).toBeLessThan(latestMs);
    expect((await server.holdings()).channels).toBe(0);
  },
);
