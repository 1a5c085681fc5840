import { ClientError, createImClient, type OfflineQueueOptions } from "@im/client";
import { createGateway } from "@im/gateway";
import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { expect, it, onTestFinished, vi } from "vitest";
import { isLong, report } from "./support/measuring.js";
import { createDialer, transports } from "./support/transports.js";

const DURATION_MS = isLong ? 120_000 : 4_000;
const REQUESTS_PER_SECOND = 100;
/** From one cut to the next, each time anew. */
const cutAfterMs = () => (isLong ? 1_000 + Math.random() * 2_000 : 200 + Math.random() * 400);

/** A client of a real gateway that counts, with a proxy between them. */
async function open(transport: (typeof transports)[number], options: { offlineQueue?: OfflineQueueOptions } = {}) {
  const server = transport === "ws" ? createWsServer({ host: "127.0.0.1" }) : createTcpServer({ host: "127.0.0.1" });
  const gateway = createGateway({ servers: [server], authenticate: ({ token }) => ({ account: token }) });
  /** How often each request was carried out. */
  const effects = new Map<string, number>();
  gateway.handleRaw("count.up", (context) => {
    const name = new TextDecoder().decode(context.body);
    effects.set(name, (effects.get(name) ?? 0) + 1);
    context.respond(context.body);
  });
  await gateway.start();
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: server.address.port } });
  const client = createImClient({
    dialer: createDialer(transport),
    addresses: `${transport}://127.0.0.1:${proxy.port}`,
    token: "alice",
    reconnect: { baseMs: 50, capMs: 500 },
    requestTimeoutMs: 60_000,
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    await proxy.close();
    await gateway.shutdown({ signal: AbortSignal.abort() });
  });
  await client.connect();
  return { client, proxy, effects };
}

const name = "%s: on a link that is cut again and again, every request settles once; idempotent ones have one effect";

it.each(transports)(name, async (transport) => {
  const offlineQueue = { maxRequests: 10_000, maxAgeMs: 60_000 };
  const { client, proxy, effects } = await open(transport, { offlineQueue });

  let cuts = 0;
  let cutter: ReturnType<typeof setTimeout>;
  const cutSoon = () => {
    cutter = setTimeout(() => {
      cuts++;
      proxy.cutAll();
      cutSoon();
    }, cutAfterMs());
  };
  cutSoon();

  const settled: { readonly name: string; readonly idempotent: boolean; readonly error: unknown }[] = [];
  const requests: Promise<void>[] = [];
  const send = (number: number) => {
    const idempotent = number % 2 === 0;
    const name = `${idempotent ? "idem" : "plain"}-${number}`;
    const done = (error: unknown) => void settled.push({ name, idempotent, error });
    requests.push(
      client
        .request("count.up", new TextEncoder().encode(name), { idempotent })
        .then(
          ({ body }) => done(new TextDecoder().decode(body) === name ? undefined : new Error("the answer of another")),
          done,
        ),
    );
  };
  await new Promise<void>((resolve) => {
    let number = 0;
    const beganMs = performance.now();
    const pace = setInterval(() => {
      const due = Math.floor(((performance.now() - beganMs) / 1_000) * REQUESTS_PER_SECOND);
      while (number < due) send(number++);
      if (performance.now() - beganMs < DURATION_MS) return;
      clearInterval(pace);
      resolve();
    }, 10);
  });
  clearTimeout(cutter!);
  await Promise.all(requests);

  const failed = settled.filter(({ error }) => error !== undefined);
  report(`${transport}: ${settled.length} requests, ${cuts} cuts, ${failed.length} failed, all of them not idempotent`);
  expect(cuts).toBeGreaterThan(3);
  expect(settled.length).toBe(requests.length);
  expect(new Set(settled.map(({ name }) => name)).size).toBe(requests.length);
  expect(failed.filter(({ idempotent }) => idempotent)).toEqual([]);
  for (const { error } of failed) {
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).code).toBe("IM_ERR_UNANSWERED");
  }
  expect([...effects].filter(([, count]) => count > 1)).toEqual([]);
  for (const { name, error } of settled) if (error === undefined) expect(effects.get(name)).toBe(1);
});

it.each(transports)(
  "%s: idempotent requests have one effect, though more are made before a cut than the gateway remembers answers",
  async (transport) => {
    const { client, proxy, effects } = await open(transport);
    // All are carried out, and no answer comes.
    proxy.setFaults((index) => (index === 0 ? { toClient: { drop: true } } : {}));
    const names = Array.from({ length: 1_000 }, (_, number) => String(number));
    const answers = names.map((name) =>
      client.request("count.up", new TextEncoder().encode(name), { idempotent: true }),
    );
    const inFlight = 64;
    await vi.waitFor(() => expect(effects.size).toBe(inFlight), 5_000);
    proxy.cutAll();
    const bodies = (await Promise.all(answers)).map(({ body }) => new TextDecoder().decode(body));
    expect(bodies).toEqual(names);
    expect([...effects].filter(([, count]) => count > 1)).toEqual([]);
  },
);
