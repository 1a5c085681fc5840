import { matchesQuery, type RegisteredService, type ServiceQuery } from "@im/gateway";
import { startTimer } from "@im/transport-core/internal";
import type { Redis, RedisSubscription } from "../redis.js";

/** How long a new connection may take until it has subscribed. */
const OPEN_WAIT_MS = 3_000;

export interface WatchedNameSettings {
  readonly redis: Redis;
  readonly channel: string;
  readonly lookEveryMs: number;
  /** All services of the name. */
  find(): Promise<readonly RegisteredService[]>;
  /** Called when the last watch ends. */
  unwatched(): void;
}

/**
 * The watches of one namespace and name, on one subscription. They look for the services when the channel says that something has
 * changed, after each new subscription, and from time to time: for leases that end, and for changes that the channel has lost.
 */
export class WatchedName {
  readonly #settings: WatchedNameSettings;
  readonly #watches = new Set<Watch>();
  #subscription: RedisSubscription | undefined;
  #running: Promise<void> | undefined;
  /** Something has changed since the last look began. */
  #isStale = false;
  #wake: () => void = ignore;

  constructor(settings: WatchedNameSettings) {
    this.#settings = settings;
  }

  /**
   * Resolves after the first call of `changed`.
   *
   * @param signal ends the watch
   * @returns a function that ends the watch
   * @throws what the client throws, the reason of the signal
   */
  async watch(
    query: ServiceQuery,
    changed: (services: readonly RegisteredService[]) => void,
    signal: AbortSignal | undefined,
  ): Promise<() => Promise<void>> {
    const watch = new Watch(query, changed);
    const end = async () => {
      signal?.removeEventListener("abort", abort);
      await this.#end(watch);
    };
    const abort = () => {
      watch.fail(signal?.reason);
      void end();
    };
    signal?.addEventListener("abort", abort);
    this.#watches.add(watch);
    this.#look();
    this.#running ??= this.#run();
    try {
      await watch.hasBegun;
    } catch (error) {
      void end();
      throw error;
    }
    return end;
  }

  async #end(watch: Watch): Promise<void> {
    if (!this.#watches.delete(watch) || this.#watches.size > 0) return;
    this.#settings.unwatched();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#watches.size > 0) {
      this.#isStale = false;
      try {
        this.#subscription ??= await this.#subscribe();
        const services = await this.#settings.find();
        for (const watch of this.#watches) watch.see(services);
      } catch (error) {
        for (const watch of this.#watches) watch.fail(error);
      }
      await this.#pause();
    }
    await this.#subscription?.close();
  }

  #subscribe(): Promise<RedisSubscription> {
    const { redis, channel } = this.#settings;
    const listener = {
      receive: () => this.#look(),
      lost: () => {
        this.#subscription = undefined;
        this.#look();
      },
    };
    return redis.subscribe(channel, listener, AbortSignal.timeout(OPEN_WAIT_MS));
  }

  #look(): void {
    this.#isStale = true;
    this.#wake();
  }

  /** Keeps no process alive. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = startTimer(resolve, this.#settings.lookEveryMs);
      timer?.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isStale || this.#watches.size === 0) this.#wake();
    });
  }
}

/** One watch: it is called when the services that its query finds are others than before. */
class Watch {
  /** Resolves with the first list. @throws why there is none */
  readonly hasBegun: Promise<void>;
  readonly #query: ServiceQuery;
  readonly #changed: (services: readonly RegisteredService[]) => void;
  #begin: () => void = ignore;
  #fail: (error: unknown) => void = ignore;
  #last: string | undefined;

  constructor(query: ServiceQuery, changed: (services: readonly RegisteredService[]) => void) {
    this.#query = { ...query };
    this.#changed = changed;
    this.hasBegun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#fail = reject;
    });
  }

  see(services: readonly RegisteredService[]): void {
    const found = services.filter((service) => matchesQuery(service, this.#query));
    const text = JSON.stringify(found);
    if (text === this.#last) return;
    this.#last = text;
    this.#changed(found);
    this.#begin();
  }

  /** Does nothing after the first list. */
  fail(error: unknown): void {
    this.#fail(error);
  }
}

function ignore(): void {}
