import { createImClient, type ImClient } from "@im/client";
import { watchDelays } from "@im/test-support/delays";
import { expect, it, onTestFinished } from "vitest";
import { ChildProgram } from "./support/child-program.js";
import { isLong, report } from "./support/measuring.js";
import { createDialer, type Transport, transports } from "./support/transports.js";

const CLIENTS = isLong ? 2_000 : 500;
const DOWN_MS = isLong ? 5_000 : 1_500;
/** The client's own, or a fifth of it. */
const reconnect = isLong ? { baseMs: 1_000, capMs: 30_000 } : { baseMs: 200, capMs: 6_000 };
/** What stands for a second. */
const SLICE_MS = reconnect.baseMs;

async function startGateway(transport: Transport, port = 0) {
  const program = new ChildProgram("gateway-program.mjs", { transport, port });
  return { program, ...(await program.call<{ port: number; dialUrl: string }>("start")) };
}

async function within(client: ImClient, timeoutMs: number): Promise<boolean> {
  return client.ready({ signal: AbortSignal.timeout(timeoutMs) }).then(
    () => true,
    () => false,
  );
}

it.each(transports)(
  `%s: ${CLIENTS} clients whose server was killed come back soon, and not all at once`,
  async (transport) => {
    const first = await startGateway(transport);
    const dialer = createDialer(transport);
    const clients = Array.from({ length: CLIENTS }, (_, number) =>
      createImClient({ dialer, addresses: first.dialUrl, token: `client-${number}`, reconnect }),
    );
    onTestFinished(async () => void (await Promise.all(clients.map((client) => client.close()))));
    await Promise.all(clients.map((client) => client.connect()));

    await first.program.kill();
    await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
    const returns: number[] = [];
    /** When the attempts began that succeeded. */
    const attempts: number[] = [];
    const upMs = performance.now();
    const worstDelayMs = watchDelays();
    for (const client of clients) {
      let begunMs = 0;
      client.onStatus(({ state }) => {
        const nowMs = performance.now() - upMs;
        if (state === "connecting") begunMs = nowMs;
        if (state !== "online") return;
        returns.push(nowMs);
        attempts.push(begunMs);
      });
    }
    await startGateway(transport, first.port);
    const back = await Promise.all(clients.map((client) => within(client, 1.5 * reconnect.capMs)));

    expect(back.filter(Boolean).length).toBeGreaterThanOrEqual(0.95 * CLIENTS);
    const perSlice = new Map<number, number>();
    for (const atMs of attempts) {
      const slice = Math.floor(atMs / SLICE_MS);
      perSlice.set(slice, (perSlice.get(slice) ?? 0) + 1);
    }
    const busiest = Math.max(...perSlice.values());
    returns.sort((a, b) => a - b);
    const p95 = Math.round(returns[Math.floor(returns.length * 0.95)]!);
    report(
      `${transport}: ${returns.length} of ${CLIENTS} back, 95 % within ${p95} ms, at most ${busiest} began in ${SLICE_MS} ms`,
    );
    // While this process stands still, attempts become due.
    expect(busiest).toBeLessThanOrEqual(0.3 * CLIENTS * (1 + worstDelayMs() / SLICE_MS));
  },
);
