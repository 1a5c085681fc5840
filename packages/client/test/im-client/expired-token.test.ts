import type { TokenContext } from "@im/client";
import { Status } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { closeFrame, startRawGateway } from "../support/raw-gateway.js";
import { failing, TestGateway } from "../support/test-gateway.js";
import { tcp } from "../support/transports.js";
import { errorOf, within } from "../support/waiting.js";

const EXPIRED = closeFrame(4003);
/** So long that a test that waits for it fails. */
const slow = { baseMs: 600_000, capMs: 600_000, stableMs: 600_000 };

/** Gives a token for each sign-in, and keeps whether it was called after a refusal. */
function tokens() {
  const refused: boolean[] = [];
  const token = (context: TokenContext) => `token ${refused.push(context.refused)}`;
  return { refused, token };
}

describe("a close 4003: the token has expired", () => {
  it("makes the client sign in at once, with a fresh token", async () => {
    const gateway = await startRawGateway();
    const { refused, token } = tokens();
    const client = openImClient(gateway, { token, reconnect: slow, addresses: [gateway.address, tcp.deadAddress] });
    await client.connect();
    gateway.sockets[0]!.end(EXPIRED);
    await vi.waitFor(() => expect(gateway.sockets).toHaveLength(2));
    expect(await within(client.ready(), "the second sign-in")).toMatchObject({ channelId: "c1" });
    expect(refused).toEqual([false, true]);
  });

  it("repeats idempotent requests, and counts against none of them", async () => {
    const gateway = await startRawGateway();
    const client = openImClient(gateway, { reconnect: { baseMs: 1, capMs: 1 } });
    await client.connect();
    const failure = errorOf(client.request("a.mute", undefined, { idempotent: true }));
    for (let count = 1; count <= 5; count++) {
      await vi.waitFor(() => expect(gateway.requests).toHaveLength(count));
      gateway.sockets[count - 1]!.end(EXPIRED);
    }
    await vi.waitFor(() => expect(gateway.requests).toHaveLength(6));
    await client.close();
    expect(await failure).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", delivery: "unknown" });
  });

  it("that comes again before the client was online for a stable time is followed by a wait", async () => {
    const gateway = await startRawGateway({ glued: [EXPIRED, EXPIRED] });
    const client = openImClient(gateway, { reconnect: slow });
    const failures: number[] = [];
    const waits: number[] = [];
    client.onStatus((status) => {
      if (status.state !== "offline") return;
      failures.push(status.failures);
      waits.push(status.retryInMs);
    });
    client.connect().catch(() => {});
    await vi.waitFor(() => expect(failures).toEqual([1, 2]));
    expect(waits[0]).toBe(0);
    expect(waits[1]).toBeGreaterThan(0);
  });

  it("ends the client if the server refuses the fresh token", async () => {
    const gateway: TestGateway = await TestGateway.start(tcp, {
      signIn: (login, request) =>
        gateway.logins.length === 1 ? gateway.welcome(login, request) : failing(request, Status.Unauthorized),
    });
    const { refused, token } = tokens();
    const client = openImClient(gateway, { token });
    const { channelId } = await client.connect();
    await gateway.server.closeChannel(channelId, 4003);
    expect(await errorOf(client.ready())).toMatchObject({ code: "IM_ERR_SIGN_IN_REFUSED" });
    expect(refused).toEqual([false, true]);
  });
});
