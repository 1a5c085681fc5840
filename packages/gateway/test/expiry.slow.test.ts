import { Status } from "@im/wire";
import { decodeErrorResp } from "@im/wire/codec";
import { afterEach, describe, expect, it, vi } from "vitest";
import { GatewayCloseCode } from "../src/index.js";
import { WallClockTimer } from "../src/session/wall-clock-timer.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";

const respond = (gateway: Started["gateway"]) => gateway.handleRaw("a.b", (ctx) => ctx.respond());

describe.each(["ws", "tcp"] as const)("a sign-in over %s whose authenticate gives expiresAtMs", (transport) => {
  it("is closed with 4003 at that time, and no sooner; a fresh token signs in again", async () => {
    const lifetimes = [1_500, 3_600_000];
    const started = await startGateway(respond, {
      authenticate: ({ token }) => ({ account: token, expiresAtMs: Date.now() + lifetimes.shift()! }),
    });
    const startMs = Date.now();
    const alice = await PacketPeer.signIn(started[transport], "alice");
    expect((await alice.request({ command: "a.b" })).status).toBe(Status.Success);
    expect(await alice.ended).toMatchObject({ code: 4003, reason: "the token has expired: sign in again" });
    // A timer of Node may fire a millisecond early.
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(1_498);
    const again = await PacketPeer.signIn(started[transport], "alice");
    expect((await again.request({ command: "a.b" })).status).toBe(Status.Success);
    expect(GatewayCloseCode.Expired).toBe(4003);
  });
});

it("a session has the time at which it expires", async () => {
  const expiresAtMs = Date.now() + 3_600_000;
  const { gateway, tcp } = await startGateway(undefined, {
    authenticate: ({ token }) => (token === "alice" ? { account: token, expiresAtMs } : { account: token }),
  });
  await PacketPeer.signIn(tcp, "alice");
  await PacketPeer.signIn(tcp, "bob");
  expect([...gateway.sessions()].map((session) => session.expiresAtMs)).toEqual([expiresAtMs, undefined]);
});

it("a token that has expired already is refused as Unauthorized", async () => {
  const started = await startGateway(undefined, {
    authenticate: ({ token }) => ({ account: token, expiresAtMs: Date.now() - 1 }),
  });
  const alice = await PacketPeer.connect(started.tcp);
  const response = await alice.signIn({ token: "alice" });
  expect(response.status).toBe(Status.Unauthorized);
  expect(decodeErrorResp(response.body).message).toBe("the token has expired");
  expect(started.errors).toEqual([]);
});

it.each([
  ["seconds in place of milliseconds", Math.floor(Date.now() / 1000) + 60],
  ["no number", "2030-01-01"],
  ["NaN", Number.NaN],
])("expiresAtMs of %s is a bug of authenticate, and the token is not blamed", async (_, expiresAtMs) => {
  const started = await startGateway(undefined, {
    authenticate: ({ token }) => ({ account: token, expiresAtMs: expiresAtMs as number }),
  });
  const alice = await PacketPeer.connect(started.tcp);
  expect((await alice.signIn({ token: "alice" })).status).toBe(Status.SystemException);
  expect(started.errors).toMatchObject([{ error: { code: "IM_ERR_GATEWAY_ARGUMENT" }, context: { during: "login" } }]);
  expect(String(started.errors[0]?.error)).toContain("in milliseconds since 1970");
});

describe("a timer of the wall clock", () => {
  const DAY_MS = 86_400_000;
  afterEach(() => void vi.useRealTimers());

  it("may wait for longer than any timer of the platform", async () => {
    vi.useFakeTimers();
    const task = vi.fn();
    new WallClockTimer(task, Date.now() + 60 * DAY_MS);
    await vi.advanceTimersByTimeAsync(60 * DAY_MS - 1);
    expect(task).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("notices within ten minutes that the clock was set, or the machine slept", async () => {
    vi.useFakeTimers();
    const task = vi.fn();
    new WallClockTimer(task, Date.now() + DAY_MS);
    vi.setSystemTime(Date.now() + DAY_MS);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("that is stopped never calls", async () => {
    vi.useFakeTimers();
    const task = vi.fn();
    new WallClockTimer(task, Date.now() + 1_000).stop();
    await vi.advanceTimersByTimeAsync(DAY_MS);
    expect(task).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
