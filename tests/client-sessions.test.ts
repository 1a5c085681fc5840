import { createImClient } from "@im/client";
import { createGateway } from "@im/gateway";
import type { Dialer, Server } from "@im/transport-core";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { createWsServer, wsDialer } from "@im/transport-ws";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const transports: readonly (readonly [string, () => Server, () => Dialer])[] = [
  ["ws", () => createWsServer({ host: "127.0.0.1", onError: () => {} }), () => wsDialer()],
  ["tcp", () => createTcpServer({ host: "127.0.0.1", onError: () => {} }), () => tcpDialer()],
];
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** A token is `name of the account` and the time at which it expires, in milliseconds since 1970. */
async function start(createServer: () => Server, dialer: Dialer) {
  const server = createServer();
  const gateway = createGateway({
    servers: [server],
    authenticate: ({ token, device }) => {
      const { account, expiresAtMs } = JSON.parse(token);
      return { account, device, expiresAtMs };
    },
    maxDevicesPerAccount: 2,
    onError: () => {},
  });
  gateway.handleRaw("who.am.i", (ctx) => ctx.respond(new TextEncoder().encode(ctx.session.device)));
  await gateway.start();
  onTestFinished(() => gateway.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  const open = (device: string, token: () => string) => {
    const reconnect = { baseMs: 20, capMs: 50 };
    const client = createImClient({
      dialer,
      addresses: (server as Server & { readonly dialUrl: string }).dialUrl,
      device,
      token,
      reconnect,
      onError: () => {},
    });
    onTestFinished(() => client.close());
    return client;
  };
  return { gateway, open };
}

describe.each(transports)("over %s", (_, createServer, createDialer) => {
  it("a client whose token expires signs in again with a fresh one, as the same device", async () => {
    const { gateway, open } = await start(createServer, createDialer());
    const lifetimesMs = [1_500];
    const tokens: string[] = [];
    const client = open("phone", () => {
      const expiresAtMs = Date.now() + (lifetimesMs.shift() ?? 3_600_000);
      tokens.push(JSON.stringify({ account: "alice", expiresAtMs }));
      return tokens.at(-1)!;
    });
    const { channelId } = await client.connect();
    await eventually(() => expect(tokens).toHaveLength(2));
    await eventually(() => expect(client.status.state).toBe("online"));
    const [session] = await gateway.presence.where("alice");
    expect(session).toMatchObject({ device: "phone" });
    expect(session?.channelId).not.toBe(channelId);
    expect(new TextDecoder().decode((await client.request("who.am.i")).body as Uint8Array)).toBe("phone");
  });

  it("a client that the application kicks, or that is the oldest of too many devices, is closed for good", async () => {
    const { gateway, open } = await start(createServer, createDialer());
    const token = () => JSON.stringify({ account: "alice" });
    const [phone, laptop, tablet] = [open("phone", token), open("laptop", token), open("tablet", token)];
    for (const client of [phone, laptop, tablet]) await client.connect();
    await eventually(() => expect(phone.status.state).toBe("closed"));
    expect(phone.status).toMatchObject({ reason: { code: "IM_ERR_KICKED_OUT" } });
    await gateway.kick({ account: "alice", device: "laptop" }, "banned");
    await eventually(() => expect(laptop.status.state).toBe("closed"));
    expect(laptop.status).toMatchObject({ reason: { code: "IM_ERR_KICKED_OUT" } });
    expect(tablet.status.state).toBe("online");
  });
});
