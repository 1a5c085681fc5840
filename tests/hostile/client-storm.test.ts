import { createImClient, type ImClient } from "@im/client";
import { createGateway } from "@im/gateway";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { expect, it, onTestFinished } from "vitest";
import { isLong, report } from "./support/measuring.js";

const CLIENTS = isLong ? 2_000 : 1_000;
const DOWN_MS = isLong ? 5_000 : 1_000;
/** The client's own, or a fifth of it. */
const reconnect = isLong ? { baseMs: 1_000, capMs: 30_000 } : { baseMs: 200, capMs: 6_000 };
/** What stands for a second. */
const SLICE_MS = reconnect.baseMs;

async function startGateway(port = 0) {
  const server = createTcpServer({ host: "127.0.0.1", port, maxConnectionsPerAddress: Number.POSITIVE_INFINITY });
  const gateway = createGateway({ servers: [server], authenticate: ({ token }) => ({ account: token }) });
  await gateway.start();
  return { gateway, server };
}

async function within(client: ImClient, timeoutMs: number): Promise<boolean> {
  return client.ready({ signal: AbortSignal.timeout(timeoutMs) }).then(
    () => true,
    () => false,
  );
}

it(`${CLIENTS} clients whose server was killed come back soon, and not all at once`, async () => {
  const first = await startGateway();
  const { port } = first.server.address;
  const clients = Array.from({ length: CLIENTS }, (_, number) =>
    createImClient({ dialer: tcpDialer(), addresses: first.server.dialUrl, token: `client-${number}`, reconnect }),
  );
  onTestFinished(async () => void (await Promise.all(clients.map((client) => client.close()))));
  await Promise.all(clients.map((client) => client.connect()));

  await first.gateway.shutdown({ signal: AbortSignal.abort() });
  await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
  const second = await startGateway(port);
  onTestFinished(async () => void (await second.gateway.shutdown({ signal: AbortSignal.abort() })));
  const upMs = performance.now();
  const returns: number[] = [];
  for (const client of clients) {
    client.onStatus(({ state }) => {
      if (state === "online") returns.push(performance.now() - upMs);
    });
  }
  const back = await Promise.all(clients.map((client) => within(client, 1.5 * reconnect.capMs)));

  expect(back.filter(Boolean).length).toBeGreaterThanOrEqual(0.95 * CLIENTS);
  const perSlice = new Map<number, number>();
  for (const atMs of returns) {
    const slice = Math.floor(atMs / SLICE_MS);
    perSlice.set(slice, (perSlice.get(slice) ?? 0) + 1);
  }
  const busiest = Math.max(...perSlice.values());
  returns.sort((a, b) => a - b);
  const p95 = Math.round(returns[Math.floor(returns.length * 0.95)]!);
  report(`${returns.length} of ${CLIENTS} back, 95 % within ${p95} ms, at most ${busiest} in ${SLICE_MS} ms`);
  expect(busiest).toBeLessThanOrEqual(0.3 * CLIENTS);
});
