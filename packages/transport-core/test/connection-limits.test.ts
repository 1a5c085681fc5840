import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addressKey } from "../src/limits/address-key.js";
import { ConnectionLimits } from "../src/limits/connection-limits.js";
import { TokenBucket } from "../src/limits/token-bucket.js";
import { useFakeTime } from "./support/fake-time.js";

const NONE = Number.POSITIVE_INFINITY;

beforeEach(() => {
  useFakeTime();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("whom connections are counted for", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["1::2:3:4:5:6:7", "1:0:2:3::/64"],
  ])("%s is %s", (host, key) => {
    expect(addressKey(host)).toBe(key);
  });
});

describe("a token bucket", () => {
  it("lets one second's worth through at once, and then as many as the time has brought", () => {
    const bucket = new TokenBucket(10);
    const passing = () => Array.from({ length: 20 }, () => bucket.take()).filter(Boolean).length;
    expect(passing()).toBe(10);
    vi.advanceTimersByTime(500);
    expect(passing()).toBe(5);
    vi.advanceTimersByTime(60_000);
    expect(passing(), "after a minute of rest").toBe(10);
  });

  it("of less than one per second lets one through now and then", () => {
    const bucket = new TokenBucket(0.5);
    expect([bucket.take(), bucket.take()]).toEqual([true, false]);
    vi.advanceTimersByTime(2_000);
    expect([bucket.take(), bucket.take()]).toEqual([true, false]);
  });

  it("without a limit lets all through", () => {
    const bucket = new TokenBucket(NONE);
    expect(Array.from({ length: 100_000 }, () => bucket.take()).every(Boolean)).toBe(true);
  });
});

describe("the connections of a server", () => {
  const none = { maxConnections: NONE, maxConnectionsPerAddress: NONE, maxAcceptsPerSecond: NONE };

  it("are limited in total, and a place that is given back is free again", () => {
    const limits = new ConnectionLimits({ ...none, maxConnections: 2 });
    expect([limits.admit("a"), limits.admit("b"), limits.admit("c")]).toEqual([
      undefined,
      undefined,
      "max-connections",
    ]);
    limits.release("a");
    expect([limits.admit("c"), limits.admit("d")]).toEqual([undefined, "max-connections"]);
  });

  it("are limited for each address; one without an address is exempt", () => {
    const limits = new ConnectionLimits({ ...none, maxConnectionsPerAddress: 1 });
    expect(limits.admit("2001:db8::1")).toBeUndefined();
    expect(limits.admit("2001:db8::2")).toBe("max-connections-per-address");
    expect(limits.admit("192.0.2.1")).toBeUndefined();
    expect(limits.admit("::ffff:192.0.2.1")).toBe("max-connections-per-address");
    expect([limits.admit(""), limits.admit("")]).toEqual([undefined, undefined]);
    limits.release("2001:db8::1");
    limits.release("");
    expect(limits.admit("2001:db8::2")).toBeUndefined();
  });

  it("are limited per second; a connection refused for another reason does not count", () => {
    const limits = new ConnectionLimits({ maxConnections: 3, maxConnectionsPerAddress: 1, maxAcceptsPerSecond: 2 });
    expect(limits.admit("a")).toBeUndefined();
    expect(limits.admit("a")).toBe("max-connections-per-address");
    expect(limits.admit("b")).toBeUndefined();
    expect(limits.admit("c")).toBe("accept-rate");
    vi.advanceTimersByTime(500);
    expect(limits.admit("c")).toBeUndefined();
    expect(limits.admit("d")).toBe("max-connections");
  });
});
