import type { BusMessage } from "@im/gateway";
import { describe, it, type TestContext } from "vitest";
import { type BusState, RedisPushBus, type RedisPushBusOptions } from "../src/index.js";
import { type Connect, ioRedisClient, nodeRedisClient } from "./support/clients.js";
import { FreezingProxy } from "./support/freezing-proxy.js";
import { hasRedisServer, RedisServer } from "./support/redis-servers.js";

/** How long until a gateway receives again, after Redis is back or the connection was lost. */
const BACK = { timeout: 3_000 };
/** How long until a gateway knows that it cannot receive. */
const FOUND_OUT = { timeout: 5_000 };

async function startServer({ onTestFinished }: TestContext, ...settings: string[]): Promise<RedisServer> {
  const server = await RedisServer.start(settings);
  onTestFinished(() => server.remove());
  return server;
}

/** A gateway that subscribes, and what it received and was told. */
async function subscribed(
  { onTestFinished }: TestContext,
  connect: Connect,
  port: number,
  options: RedisPushBusOptions = {},
) {
  const client = await connect(port);
  onTestFinished(() => client.end());
  const received: number[] = [];
  const missed: number[] = [];
  const states: BusState[] = [];
  const bus = new RedisPushBus(client.redis, { ...options, onState: (state) => states.push(state) });
  const receive = (message: BusMessage) => received.push(message.packet[0]!);
  const end = await bus.subscribe("gateway-1", receive, (lastMs) => missed.push(lastMs));
  onTestFinished(end);
  let sent = 0;
  /** Publishes the next number. */
  const publish = (length = 1) => {
    const packet = new Uint8Array(length).fill(++sent);
    return bus.publish("gateway-1", { channelIds: ["c1"], packet });
  };
  return { bus, received, missed, states, publish };
}

/** Publishes until one arrives, and expects all that arrived to be in order, each once. */
async function expectToReceiveAgain(
  { expect }: TestContext,
  { received, publish }: Awaited<ReturnType<typeof subscribed>>,
): Promise<void> {
  const before = received.length;
  const publishOne = async () => {
    await publish().catch(() => {});
    return received.length;
  };
  await expect.poll(publishOne, BACK).toBeGreaterThan(before);
  expect(received).toEqual([...new Set(received)].sort((a, b) => a - b));
}

const clients: [string, Connect][] = [
  ["node-redis", nodeRedisClient],
  ["ioredis", ioRedisClient],
];

describe.skipIf(!hasRedisServer).concurrent.each(clients)("a gateway by %s", (_, connect) => {
  it("receives again when Redis has closed its subscription", async (test) => {
    const server = await startServer(test);
    const gateway = await subscribed(test, connect, server.port);
    await gateway.publish();
    test.expect(gateway.missed).toEqual([]);
    const killedAtMs = performance.now();
    await server.command("CLIENT", "KILL", "TYPE", "pubsub");
    await expectToReceiveAgain(test, gateway);
    test.expect(gateway.missed).toHaveLength(1);
    test.expect(gateway.missed[0]).toBeLessThan(performance.now() - killedAtMs + BACK.timeout);
    await test.expect.poll(() => gateway.states, BACK).toEqual(["degraded", "connected"]);
  });

  it.for([
    ["without its data", []],
    ["with its data", ["--appendonly", "yes"]],
  ] as const)("receives again when Redis has started anew, %s", async ([, settings], test) => {
    const server = await startServer(test, ...settings);
    const gateway = await subscribed(test, connect, server.port);
    await server.kill();
    await test.expect(gateway.publish()).rejects.toThrow();
    await test.expect.poll(() => gateway.bus.state, FOUND_OUT).toBe("degraded");
    await server.start();
    await expectToReceiveAgain(test, gateway);
    await test.expect.poll(() => gateway.states, BACK).toEqual(["degraded", "connected"]);
  });

  it("knows that Redis stands still, does not send later what waited for too long, and receives again", async (test) => {
    const server = await startServer(test);
    const gateway = await subscribed(test, connect, server.port, { maxWaitMs: 500 });
    await gateway.publish();
    const pausedAtMs = performance.now();
    server.pause();
    const inFlight = gateway.publish().then(
      () => "taken",
      () => "refused",
    );
    await new Promise(setImmediate);
    const waiting = test.expect(gateway.publish()).rejects.toMatchObject({ code: "IM_ERR_PORT_TIMEOUT" });
    await test.expect.poll(() => gateway.bus.state, FOUND_OUT).toBe("degraded");
    const pausedMs = performance.now() - pausedAtMs;
    server.resume();
    const outcome = await inFlight;
    await waiting;
    await expectToReceiveAgain(test, gateway);
    // Else it may be lost, on a subscription that the gateway has given up.
    const isToldOf = gateway.missed.some((lastMs) => lastMs > pausedMs);
    test.expect(outcome === "refused" || isToldOf || gateway.received.includes(2)).toBe(true);
    await test.expect.poll(() => gateway.bus.state, BACK).toBe("connected");
  });

  it("receives again when Redis has paused its clients", async (test) => {
    const server = await startServer(test);
    const gateway = await subscribed(test, connect, server.port);
    await server.command("CLIENT", "PAUSE", "5000", "ALL");
    await test.expect.poll(() => gateway.bus.state, FOUND_OUT).toBe("degraded");
    await test.expect.poll(() => gateway.bus.state, FOUND_OUT).toBe("connected");
    await expectToReceiveAgain(test, gateway);
  });

  it("receives again when it was cut off because it did not read fast enough", async (test) => {
    const server = await startServer(test, "--client-output-buffer-limit", "pubsub 1mb 0 0");
    const gateway = await subscribed(test, connect, server.port);
    await gateway.publish(2_000_000).catch(() => {});
    await test.expect.poll(() => gateway.states, BACK).toEqual(["degraded", "connected"]);
    await expectToReceiveAgain(test, gateway);
  });

  it("finds out that its subscription is deaf though the connection stands", async (test) => {
    const server = await startServer(test);
    const proxy = await FreezingProxy.start(server.port);
    test.onTestFinished(() => proxy.close());
    const gateway = await subscribed(test, connect, proxy.port);
    await gateway.publish();
    await test.expect.poll(() => gateway.received).toEqual([1]);
    proxy.freeze("subscribers");
    await test.expect.poll(() => gateway.states, FOUND_OUT).toContain("degraded");
    await expectToReceiveAgain(test, gateway);
  });

  it("gets a new connection for one that has died in silence", async (test) => {
    const server = await startServer(test);
    const proxy = await FreezingProxy.start(server.port);
    test.onTestFinished(() => proxy.close());
    const gateway = await subscribed(test, connect, proxy.port);
    await gateway.publish();
    proxy.freeze("all");
    const unanswered = test.expect(gateway.publish()).rejects.toThrow();
    await test.expect.poll(() => gateway.bus.state, FOUND_OUT).toBe("degraded");
    await unanswered;
    await test.expect.poll(() => gateway.bus.state, FOUND_OUT).toBe("connected");
    await expectToReceiveAgain(test, gateway);
  });
});
