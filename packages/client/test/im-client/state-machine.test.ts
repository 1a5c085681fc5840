import { describe, expect, it } from "vitest";
import { type ClientEvent, type ClientStatus, transition } from "../../src/im-client/client-status.js";

const session = { channelId: "c1", account: "alice", extensions: new Set<string>() };
const reason = new Error("why");
const context = {
  addresses: ["a", "b"],
  backoff: { baseMs: 1_000, capMs: 30_000, stableMs: 10_000 },
  nowMs: 100_000,
  random: 0.5,
};

const statuses: Readonly<Record<ClientStatus["state"], ClientStatus>> = {
  idle: { state: "idle" },
  connecting: { state: "connecting", address: "a", failures: 2 },
  online: { state: "online", address: "a", failures: 2, session, sinceMs: 99_000 },
  offline: { state: "offline", address: "b", failures: 3, reason, retryInMs: 1, retryAfterMs: 0 },
  closed: { state: "closed" },
};
const events: Readonly<Record<ClientEvent["type"], ClientEvent>> = {
  connect: { type: "connect" },
  "signed-in": { type: "signed-in", session },
  failed: { type: "failed", reason },
  retry: { type: "retry" },
  end: { type: "end", reason },
};

/** The whole machine: what each event leads to in each status. A dash is for an event that means nothing there. */
const table: Readonly<
  Record<ClientStatus["state"], Readonly<Record<ClientEvent["type"], ClientStatus["state"] | "-">>>
> = {
  idle: { connect: "connecting", "signed-in": "-", failed: "-", retry: "-", end: "closed" },
  connecting: { connect: "-", "signed-in": "online", failed: "offline", retry: "-", end: "closed" },
  online: { connect: "-", "signed-in": "-", failed: "offline", retry: "-", end: "closed" },
  offline: { connect: "-", "signed-in": "-", failed: "-", retry: "connecting", end: "closed" },
  closed: { connect: "connecting", "signed-in": "-", failed: "-", retry: "-", end: "-" },
};
const rows = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([event, next]) => ({ state, event, next })),
);

describe("each transition", () => {
  it.each(rows)("$state, on $event: $next", ({ state, event, next }) => {
    const before = statuses[state as ClientStatus["state"]];
    const after = transition(before, events[event as ClientEvent["type"]], context);
    if (next === "-") expect(after).toBe(before);
    else expect(after.state).toBe(next);
  });
});

describe("connect", () => {
  it("begins anew: the first address, no failures", () => {
    expect(transition(statuses.closed, events.connect, context)).toEqual({
      state: "connecting",
      address: "a",
      failures: 0,
    });
  });
});

describe("after a failure", () => {
  const failed = (status: ClientStatus, event: Partial<ClientEvent & { type: "failed" }> = {}, more = {}) =>
    transition(status, { type: "failed", reason, ...event }, { ...context, ...more });

  it("the next address is tried, around to the first", () => {
    expect(failed({ state: "connecting", address: "a", failures: 0 })).toMatchObject({ address: "b" });
    expect(failed({ state: "connecting", address: "b", failures: 1 })).toMatchObject({ address: "a" });
  });

  it("a lost connection is dialled again at its address, unless it was lost at once", () => {
    const online = (sinceMs: number) => ({ ...statuses.online, address: "b", sinceMs }) as ClientStatus;
    expect(failed(online(context.nowMs - 10_000))).toMatchObject({ address: "b" });
    expect(failed(online(context.nowMs - 9_999))).toMatchObject({ address: "a" });
  });

  it("the wait is any part of a bound that doubles with each round through the addresses, up to the cap", () => {
    const waits = [0, 1, 2, 3, 4, 8, 9, 10, 1_000].map(
      (failures) => (failed({ state: "connecting", address: "a", failures }) as { retryInMs: number }).retryInMs,
    );
    expect(waits).toEqual([500, 500, 1_000, 1_000, 2_000, 8_000, 8_000, 15_000, 15_000]);
    const least = failed({ state: "connecting", address: "a", failures: 9 }, {}, { random: 0 });
    expect(least).toMatchObject({ retryInMs: 0 });
  });

  it("failures are forgotten after a stable time online, and not before", () => {
    const online = (sinceMs: number): ClientStatus => ({ ...statuses.online, sinceMs }) as ClientStatus;
    expect(failed(online(context.nowMs - 9_999))).toMatchObject({ failures: 3, retryInMs: 1_000 });
    expect(failed(online(context.nowMs - 10_000))).toMatchObject({ failures: 1, retryInMs: 500 });
  });

  it("the wait that the server asks for comes on top", () => {
    const after = { retryInMs: 61_000, retryAfterMs: 60_000 };
    expect(failed(statuses.connecting, { retryAfterMs: 60_000 })).toMatchObject(after);
  });

  it.each([0, 0.5, 1])("no wait is longer than a timer can take, which would fire at once (random %d)", (random) => {
    const endless = { baseMs: 1_000, capMs: Number.POSITIVE_INFINITY, stableMs: 10_000 };
    const status: ClientStatus = { state: "connecting", address: "a", failures: 3_000 };
    const after = failed(status, { retryAfterMs: 86_400_000 }, { random, backoff: endless });
    const { retryInMs } = after as { retryInMs: number };
    expect(retryInMs).toBeGreaterThanOrEqual(86_400_000);
    expect(retryInMs).toBeLessThanOrEqual(2 ** 31 - 1);
  });

  it("there is no wait if the machine has just woken up, except the one that the server asks for", () => {
    expect(failed(statuses.online, { waitMs: 0 })).toMatchObject({ retryInMs: 0 });
    expect(failed(statuses.online, { waitMs: 0, retryAfterMs: 7_000 })).toMatchObject({ retryInMs: 7_000 });
  });
});

it("a page that was left waits for as long as it is not shown", () => {
  const left = transition(statuses.online, { type: "failed", reason, waitMs: Number.POSITIVE_INFINITY }, context);
  expect(left).toMatchObject({ state: "offline", retryInMs: Number.POSITIVE_INFINITY, retryAfterMs: 0 });
});

describe("the end", () => {
  it("gives its reason, if there is one", () => {
    expect(transition(statuses.online, events.end, context)).toEqual({ state: "closed", reason });
    expect(transition(statuses.online, { type: "end" }, context)).toEqual({ state: "closed" });
  });
});
