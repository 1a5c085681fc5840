import type { IdempotencyClaim, RegisterOptions } from "@im/gateway";
import {
  describeIdempotencyStore,
  describePushBus,
  describeServiceRegistry,
  describeSessionDirectory,
} from "@im/gateway/contract-suites";
import type { ServiceRegistration } from "@im/transport-core";
import { describe, it } from "vitest";
import { RedisIdempotencyStore, RedisPushBus, RedisServiceRegistry, RedisSessionDirectory } from "../src/index.js";
import { empty, letPass } from "./support/passing-time.js";
import { describeForAll } from "./support/topologies.js";

const WINDOW_MS = 6_000;
/** All times are so much longer, and pass at once: so nothing is over because the machine stands still. */
const LONGER = 100;
/** How often a watch looks for leases that have ended. */
const LOOK_EVERY_MS = 100;
let fixtures = 0;

class LongLeases extends RedisSessionDirectory {
  override renew(gatewayId: string, leaseMs: number) {
    return super.renew(gatewayId, LONGER * leaseMs);
  }
}

class LongClaims extends RedisIdempotencyStore {
  override claim(claim: IdempotencyClaim) {
    return super.claim({ ...claim, lifetimeMs: LONGER * claim.lifetimeMs });
  }
}

class LongRegistrations extends RedisServiceRegistry {
  override register(service: ServiceRegistration, options: RegisterOptions) {
    return super.register(service, { ...options, leaseMs: LONGER * options.leaseMs });
  }
}

describeForAll((name, connected) => {
  /** What each case has for itself. */
  const fixture = () => {
    const { redis, servers } = connected();
    const keyPrefix = `im:fixture ${++fixtures}:`;
    return {
      redis,
      keyPrefix,
      elapse: (ms: number) => letPass(servers, keyPrefix, LONGER * ms),
      empty: () => empty(servers, keyPrefix),
    };
  };

  describePushBus({ describe, it }, name, () => {
    const { redis, keyPrefix, elapse } = fixture();
    return { port: new RedisPushBus(redis, { keyPrefix }), elapse };
  });
  describeSessionDirectory({ describe, it }, name, () => {
    const { redis, keyPrefix, elapse, empty } = fixture();
    return { port: new LongLeases(redis, { keyPrefix }), elapse, empty };
  });
  describeServiceRegistry({ describe, it }, name, () => {
    const { redis, keyPrefix, elapse } = fixture();
    return { port: new LongRegistrations(redis, { keyPrefix, lookEveryMs: LOOK_EVERY_MS }), elapse };
  });
  describeIdempotencyStore({ describe, it }, name, WINDOW_MS, () => {
    const { redis, keyPrefix, elapse } = fixture();
    return { port: new LongClaims(redis, { keyPrefix, windowMs: LONGER * WINDOW_MS }), elapse };
  });
});
