import { expect, it, vi } from "vitest";
import { describeServiceRegistry } from "../src/contract-suites/index.js";
import { MemoryServiceRegistry, type RegisterOptions, type ServiceQuery } from "../src/index.js";
import { brokenRules } from "./support/broken-rules.js";

type Registration = Parameters<MemoryServiceRegistry["register"]>[0];
type Watch = Parameters<MemoryServiceRegistry["watch"]>;

class WithoutLeases extends MemoryServiceRegistry {
  override register(service: Registration, { isDraining }: RegisterOptions) {
    super.register(service, { isDraining, leaseMs: Number.POSITIVE_INFINITY });
  }
}

class ThatHandsOutTheDraining extends MemoryServiceRegistry {
  override find(query: ServiceQuery) {
    return super.find({ ...query, includesDraining: true });
  }
}

class OfAnyTag extends MemoryServiceRegistry {
  override find({ tags = [], ...query }: ServiceQuery) {
    const found = super.find(query);
    return found.filter((service) => tags.length === 0 || tags.some((tag) => service.tags.includes(tag)));
  }
}

class ThatIgnoresMeta extends MemoryServiceRegistry {
  override find({ meta: _, ...query }: ServiceQuery) {
    return super.find(query);
  }
}

class OfAllProtocols extends MemoryServiceRegistry {
  override find({ protocol: _, ...query }: ServiceQuery) {
    return super.find(query);
  }
}

class OfOneNamespace extends MemoryServiceRegistry {
  override register(service: Registration, options: RegisterOptions) {
    super.register({ ...service, namespace: "" }, options);
  }
  override find(query: ServiceQuery) {
    return super.find({ ...query, namespace: "" });
  }
}

class ThatJoins extends MemoryServiceRegistry {
  override register(service: Registration, options: RegisterOptions) {
    super.register({ ...service, tags: service.tags.join(",").split(",") }, options);
  }
}

class ThatKeepsTheFirst extends MemoryServiceRegistry {
  override register(service: Registration, options: RegisterOptions) {
    const { serviceName, namespace } = service;
    const there = super.find({ serviceName, namespace, includesDraining: true });
    super.register(there.find(({ serviceId }) => serviceId === service.serviceId) ?? service, options);
  }
}

class ThatSpreadsWhatItIsGiven extends MemoryServiceRegistry {
  override register(service: Registration, options: RegisterOptions) {
    super.register({ ...service }, options);
  }
}

class WithoutOrder extends MemoryServiceRegistry {
  #calls = 0;
  override async register(service: Registration, options: RegisterOptions) {
    if (this.#calls++ % 2 === 0) await undefined;
    super.register(service, options);
  }
}

class ThatForgetsAllOfAName extends MemoryServiceRegistry {
  override deregister({ namespace, serviceName }: Registration) {
    const all = super.find({ serviceName, namespace, includesDraining: true });
    for (const service of all) super.deregister(service);
  }
}

class ThatListsLater extends MemoryServiceRegistry {
  override watch(query: ServiceQuery, changed: Watch[1], options: Watch[2]) {
    const skipFirst: Watch[1] = (services) => isReady && changed(services);
    let isReady = false;
    const end = super.watch(query, skipFirst, options);
    isReady = true;
    return end;
  }
}

class ThatWatchesOnlyOnce extends MemoryServiceRegistry {
  override watch(query: ServiceQuery, changed: Watch[1], options: Watch[2]) {
    changed(this.find(query));
    return super.watch({ serviceName: "none" }, () => {}, options);
  }
}

/** It calls its watches at once for a first change, and then for none within 50 ms. */
class ThatDropsWhatComesQuickly extends MemoryServiceRegistry {
  override watch(query: ServiceQuery, changed: Watch[1], options: Watch[2]) {
    let lastMs = Number.NEGATIVE_INFINITY;
    const slowly: Watch[1] = (services) => {
      if (performance.now() - lastMs < 50) return;
      lastMs = performance.now();
      changed(services);
    };
    return super.watch(query, slowly, options);
  }
}

class ThatMissesDeaths extends MemoryServiceRegistry {
  override watch(query: ServiceQuery, changed: Watch[1], options: Watch[2]) {
    let count = 0;
    const growing: Watch[1] = (services) => {
      if (services.length >= count) changed(services);
      count = services.length;
    };
    return super.watch(query, growing, options);
  }
}

class ThatCallsForRenewals extends MemoryServiceRegistry {
  override register(service: Registration, options: RegisterOptions) {
    super.deregister(service);
    super.register(service, options);
  }
}

class WithoutAnEnd extends MemoryServiceRegistry {
  override watch(query: ServiceQuery, changed: Watch[1], options: Watch[2]) {
    super.watch(query, changed, options);
    return () => {};
  }
}

class ThatIgnoresSignals extends MemoryServiceRegistry {
  override watch(query: ServiceQuery, changed: Watch[1]) {
    return super.watch(query, changed);
  }
}

it.each([
  ["has no leases", WithoutLeases, "forgets a service whose lease is over"],
  ["hands out the draining", ThatHandsOutTheDraining, "hands out no service that is draining"],
  ["finds by any tag", OfAnyTag, "finds services that have all tags of a query"],
  ["ignores meta", ThatIgnoresMeta, "finds services that have all meta of a query"],
  ["ignores protocols", OfAllProtocols, "finds services by their protocol"],
  ["knows one namespace", OfOneNamespace, "finds services by their namespace"],
  ["joins tags by commas", ThatJoins, "finds a service by its name, unchanged"],
  ["keeps what came first", ThatKeepsTheFirst, "replaces what was registered under the same id"],
  ["spreads what it is given", ThatSpreadsWhatItIsGiven, "takes a server with its getters"],
  ["does not keep the order", WithoutOrder, "keeps the order of the calls of one caller"],
  ["forgets all of a name", ThatForgetsAllOfAName, "forgets a service that deregisters, and no other"],
  ["gives no first list", ThatListsLater, "gives a watch the services that are there"],
  ["calls a watch only once", ThatWatchesOnlyOnce, "calls a watch when services come"],
  ["drops quick changes", ThatDropsWhatComesQuickly, "leaves every watch with the last state"],
  ["misses deaths", ThatMissesDeaths, "calls a watch when services come, drain, change, go or die"],
  ["calls watches for renewals", ThatCallsForRenewals, "calls a watch for no renewal"],
  ["ends no watch", WithoutAnEnd, "ends a watch by its function"],
  ["ignores signals", ThatIgnoresSignals, "ends a watch by its signal"],
  ["ignores signals", ThatIgnoresSignals, "begins no watch whose signal was aborted before"],
])("a registry that %s is found out", async (_, Registry, rule) => {
  const rules = await brokenRules((runner) => {
    describeServiceRegistry(runner, "broken", () => {
      const elapse = async (ms: number) => void (await vi.advanceTimersByTimeAsync(ms));
      return { port: new Registry() as MemoryServiceRegistry, elapse };
    });
  });
  expect(rules).toContainEqual(expect.stringContaining(rule));
});
