import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe } from "vitest";
import type { Redis } from "../../src/index.js";
import { ioRedisClient, ioRedisCluster, nodeRedisClient, nodeRedisCluster, type TestClient } from "./clients.js";
import { hasRedisServer, RedisServer, RedisServers } from "./redis-servers.js";

export interface Connected {
  readonly redis: Redis;
  readonly servers: readonly RedisServer[];
}

const topologies = [
  {
    topology: "one server",
    start: async () => [await RedisServer.start()],
    clients: { "node-redis": nodeRedisClient, ioredis: ioRedisClient },
  },
  {
    topology: "a cluster of three servers",
    start: async () => (await RedisServers.start()).servers,
    clients: { "node-redis": nodeRedisCluster, ioredis: ioRedisCluster },
  },
];

/** The rights that the README names, as arguments of ACL. */
function documentedRights(): readonly string[] {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  return /^redis-cli ACL (SETUSER [^`]+)/m.exec(readme)![1]!.match(/[^\s'\\]+/g)!;
}

const documentedUser = { username: "gateway", password: "secret" };

/**
 * Defines the same tests for both clients, on one server and on a Redis Cluster, as a user with no more rights than the
 * README names.
 *
 * @param connected gives what is connected while a test runs
 */
export function describeForAll(define: (name: string, connected: () => Connected) => void): void {
  describe.skipIf(!hasRedisServer).each(topologies)("on $topology", ({ topology, start, clients }) => {
    let servers: readonly RedisServer[] = [];
    beforeAll(async () => {
      servers = await start();
      for (const server of servers) await server.command("ACL", ...documentedRights());
    });
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.remove()));
    });

    for (const [name, connect] of Object.entries(clients)) {
      describe(`by ${name}`, () => {
        let client: TestClient | undefined;
        beforeAll(async () => {
          client = await connect(servers[0]!.port, documentedUser);
        });
        afterAll(() => client?.end());
        define(`${name}, ${topology}`, () => ({ redis: client!.redis, servers }));
      });
    }
  });
}
