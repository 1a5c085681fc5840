import { setTimeout as elapse } from "node:timers/promises";
import type { ClientError } from "@im/client";
import { watchDelays } from "@im/test-support/delays";
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
/** Clocks of two processes, in whole milliseconds. */
const CLOCK_MS = 5;

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
    // One after the other, so that a client's link has its index.
    for (const client of clients) await client.connect(address);
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
    const worstDelayMs = watchDelays();
    const silentAtMs = Date.now();

    const atClients = await Promise.all(clientEnds);
    const latestMs = READ_WAIT_MS + CHECK_MS + SLACK_MS + worstDelayMs();
    const allEnded = async () => expect(await server.ends()).toHaveLength(CONNECTIONS);
    await vi.waitFor(allEnded, { timeout: Math.max(1, silentAtMs + latestMs - Date.now()), interval: 20 });
    const atServer = await server.ends();
    const serverEndMs = new Map(atServer.map(({ id, atMs }) => [id, atMs]));
    expect(serverEndMs.size).toBe(CONNECTIONS);
    for (const { error } of atClients) expect(error).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED" });

    // Each side counts from the last frame that it received; a direction that still works brings the other side's Close.
    const waitedMs = proxy.links.flatMap(({ index, toServer, toClient }) => {
      const silence = silences[index % silences.length]!;
      const [server, client] = [serverEndMs.get(`client ${index}`)!, atClients[index]!.atMs];
      const heardByServerMs = (silence.toServer ? toServer : toClient).forwardedAtMs;
      const heardByClientMs = (silence.toClient ? toClient : toServer).forwardedAtMs;
      return [server - heardByServerMs, client - heardByClientMs];
    });
    const allEndsMs = [...atServer, ...atClients].map(({ atMs }) => atMs);
    const lastEndMs = Math.max(...allEndsMs) - silentAtMs;
    report(
      `${transport}: ${2 * CONNECTIONS} ends, ${Math.min(...waitedMs)} to ${Math.max(...waitedMs)} ms after the last sign of ` +
        `life (read wait ${READ_WAIT_MS}), the last of them ${lastEndMs} ms after the silence began`,
    );
    expect(Math.min(...waitedMs)).toBeGreaterThanOrEqual(READ_WAIT_MS - CLOCK_MS);
    expect(lastEndMs).toBeLessThan(latestMs);
    expect((await server.holdings()).channels).toBe(0);
  },
);
