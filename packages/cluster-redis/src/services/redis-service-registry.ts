import {
  type EndWatch,
  matchesQuery,
  type RegisteredService,
  type RegisterOptions,
  registeredService,
  type ServiceQuery,
  type ServiceRegistry,
} from "@im/gateway";
import type { AbortOptions, ServiceRegistration } from "@im/transport-core";
import { checkWait, rejectUnknownOptions } from "@im/transport-core/internal";
import { checkingOptions, checkKeyPrefix, checkRedis } from "../check-options.js";
import type { Redis } from "../redis.js";
import { wholeMs } from "../whole-ms.js";
import { ServiceName } from "./service-name.js";
import { deregisterScript, findScript, registerScript } from "./service-scripts.js";
import { WatchedName } from "./watched-name.js";

export interface RedisServiceRegistryOptions {
  /** The names of all keys and channels begin with this; all processes that find each other have the same. @default im: */
  readonly keyPrefix?: string | undefined;
  /** How often a watch looks for services whose leases have ended, in milliseconds. @default 2000 */
  readonly lookEveryMs?: number | undefined;
}

/**
 * The registry of services on many machines. Leases are by the clock of Redis. Redis may lose its data: each service registers again
 * with its next renewal. The watches of a namespace and name share one connection.
 */
export class RedisServiceRegistry implements ServiceRegistry {
  readonly #redis: Redis;
  readonly #keyPrefix: string;
  readonly #lookEveryMs: number;
  readonly #watched = new Map<string, WatchedName>();

  /**
   * @param redis from `nodeRedis` or `ioRedis`
   * @throws a GatewayError `IM_ERR_INVALID_OPTION`
   */
  constructor(redis: Redis, options: RedisServiceRegistryOptions = {}) {
    const { keyPrefix, lookEveryMs = 2_000 } = options;
    [this.#redis, this.#keyPrefix, this.#lookEveryMs] = checkingOptions(() => {
      rejectUnknownOptions(options, ["keyPrefix", "lookEveryMs"]);
      return [checkRedis(redis), checkKeyPrefix(keyPrefix), checkWait("lookEveryMs", lookEveryMs)] as const;
    });
  }

  async register(service: ServiceRegistration, { leaseMs, isDraining }: RegisterOptions): Promise<void> {
    const copy = registeredService(service, isDraining);
    const args = [JSON.stringify(copy.serviceId), JSON.stringify(copy), wholeMs(leaseMs)];
    await registerScript.runInOrder(this.#redis, this.#nameOf(copy).keys, args);
  }

  async deregister(service: Pick<ServiceRegistration, "namespace" | "serviceName" | "serviceId">): Promise<void> {
    await deregisterScript.runInOrder(this.#redis, this.#nameOf(service).keys, [JSON.stringify(service.serviceId)]);
  }

  async find(query: ServiceQuery): Promise<readonly RegisteredService[]> {
    const services = await this.#findAll(this.#nameOf(query));
    return services.filter((service) => matchesQuery(service, query));
  }

  /** @throws what the client throws if Redis cannot be asked now; later the watch goes on when Redis is back */
  async watch(
    query: ServiceQuery,
    changed: (services: readonly RegisteredService[]) => void,
    { signal }: AbortOptions = {},
  ): Promise<EndWatch> {
    signal?.throwIfAborted();
    const name = this.#nameOf(query);
    let watched = this.#watched.get(name.channel);
    if (!watched) {
      watched = new WatchedName({
        redis: this.#redis,
        channel: name.channel,
        lookEveryMs: this.#lookEveryMs,
        find: () => this.#findAll(name),
        unwatched: () => void this.#watched.delete(name.channel),
      });
      this.#watched.set(name.channel, watched);
    }
    return watched.watch(query, changed, signal);
  }

  #nameOf({ namespace = "", serviceName }: Pick<ServiceQuery, "namespace" | "serviceName">): ServiceName {
    return new ServiceName(this.#keyPrefix, { namespace, serviceName });
  }

  /** In the order of their ids. */
  async #findAll(name: ServiceName): Promise<readonly RegisteredService[]> {
    const texts = (await findScript.run(this.#redis, name.keys, [])) as readonly Buffer[];
    const services = texts.map((text): RegisteredService => JSON.parse(String(text)));
    return services
      .map((service) => registeredService(service, service.isDraining))
      .sort((a, b) => (a.serviceId < b.serviceId ? -1 : 1));
  }
}
