import type { RegisteredService } from "@im/gateway";
import type { ServiceRegistration } from "@im/transport-core";
import { describe, it, type TestContext } from "vitest";
import { RedisServiceRegistry, type RedisServiceRegistryOptions } from "../src/index.js";
import { type Connect, ioRedisClient, nodeRedisClient } from "./support/clients.js";
import { FreezingProxy } from "./support/freezing-proxy.js";
import { hasRedisServer, RedisServer } from "./support/redis-servers.js";

const lease = { leaseMs: 60_000 };
const SOON = { timeout: 5_000 };

function service(serviceId: string): ServiceRegistration {
  const address = {
    publicAddress: "203.0.113.1",
    publicPort: 8_000,
    protocol: "tcp",
    dialUrl: "tcp://203.0.113.1:8000",
  };
  return { serviceId, serviceName: "chat", namespace: "", tags: [], meta: {}, ...address };
}

async function startServer({ onTestFinished }: TestContext): Promise<RedisServer> {
  const server = await RedisServer.start();
  onTestFinished(() => server.remove());
  return server;
}

async function registryOf({ onTestFinished }: TestContext, connect: Connect, port: number, options = {}) {
  const client = await connect(port);
  onTestFinished(() => client.end());
  return new RedisServiceRegistry(client.redis, options);
}

/** The ids of the last list of a watch. */
async function watched(
  test: TestContext,
  connect: Connect,
  port: number,
  options?: RedisServiceRegistryOptions,
): Promise<() => readonly string[]> {
  const registry = await registryOf(test, connect, port, options);
  let last: readonly RegisteredService[] = [];
  const end = await registry.watch({ serviceName: "chat" }, (services) => {
    last = services;
  });
  test.onTestFinished(end);
  return () => last.map(({ serviceId }) => serviceId);
}

const clients: [string, Connect][] = [
  ["node-redis", nodeRedisClient],
  ["ioredis", ioRedisClient],
];

describe.skipIf(!hasRedisServer).concurrent.each(clients)("a watch by %s", (_, connect) => {
  it("sees changes at once by its subscription", async (test) => {
    const server = await startServer(test);
    const ids = await watched(test, connect, server.port, { lookEveryMs: 3_600_000 });
    const registry = await registryOf(test, connect, server.port);
    await registry.register(service("one"), lease);
    await test.expect.poll(ids, SOON).toEqual(["one"]);
    await registry.deregister(service("one"));
    await test.expect.poll(ids, SOON).toEqual([]);
  });

  it("goes on when Redis has closed its subscription", async (test) => {
    const server = await startServer(test);
    const ids = await watched(test, connect, server.port, { lookEveryMs: 3_600_000 });
    const registry = await registryOf(test, connect, server.port);
    await server.command("CLIENT", "KILL", "TYPE", "pubsub");
    await registry.register(service("one"), lease);
    await test.expect.poll(ids, SOON).toEqual(["one"]);
  });

  it("goes on when Redis has started anew without its data", async (test) => {
    const server = await startServer(test);
    const ids = await watched(test, connect, server.port, { lookEveryMs: 100 });
    await (await registryOf(test, connect, server.port)).register(service("one"), lease);
    await test.expect.poll(ids, SOON).toEqual(["one"]);
    await server.kill();
    await server.start();
    await test.expect.poll(ids, SOON).toEqual([]);
    await (await registryOf(test, connect, server.port)).register(service("two"), lease);
    await test.expect.poll(ids, SOON).toEqual(["two"]);
  });

  it("finds what its subscription has missed, though the connection stands", async (test) => {
    const server = await startServer(test);
    const proxy = await FreezingProxy.start(server.port);
    test.onTestFinished(() => proxy.close());
    const ids = await watched(test, connect, proxy.port, { lookEveryMs: 100 });
    proxy.freeze("subscribers");
    await (await registryOf(test, connect, server.port)).register(service("one"), lease);
    await test.expect.poll(ids, SOON).toEqual(["one"]);
  });

  it("that cannot begin says so", async (test) => {
    const server = await startServer(test);
    const registry = await registryOf(test, connect, server.port);
    await server.kill();
    await test.expect(registry.watch({ serviceName: "chat" }, () => {})).rejects.toThrow();
  });

  it("ends by its signal while Redis stands still", async (test) => {
    const server = await startServer(test);
    const registry = await registryOf(test, connect, server.port);
    server.pause();
    const controller = new AbortController();
    const watching = registry.watch({ serviceName: "chat" }, () => {}, { signal: controller.signal });
    controller.abort(new Error("no need any more"));
    await test.expect(watching).rejects.toThrow("no need any more");
  });
});
