import { createImClient, type ImClient, type ImClientOptions } from "@im/client";
import { createGateway } from "@im/gateway";
import { type Faults, startFaultProxy } from "@im/transport-compliance/fault-proxy";
import type { Dialer, Server } from "@im/transport-core";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { createWsServer, wsDialer } from "@im/transport-ws";
import type { CommandMap } from "@im/wire";
import { describe, expect, it, onTestFinished, vi } from "vitest";

type NoMap = Record<never, never>;
const HANDLER_MS = 5_000;

const transports: readonly (readonly [string, () => Server, () => Dialer])[] = [
  ["ws", () => createWsServer({ host: "127.0.0.1", onError: () => {} }), () => wsDialer()],
  ["tcp", () => createTcpServer({ host: "127.0.0.1", onError: () => {} }), () => tcpDialer()],
];

async function startGateway(server: Server) {
  const gateway = createGateway({
    servers: [server],
    authenticate: ({ token }) => ({ account: token }),
    onError: () => {},
  });
  gateway.handleRaw("slow", async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, HANDLER_MS));
    ctx.respond();
  });
  await gateway.start();
  onTestFinished(() => gateway.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  return gateway;
}

/** A client that tells its statuses, and is closed at the end of the test. */
function openClient(
  options: Pick<ImClientOptions<CommandMap>, "dialer" | "addresses"> & Partial<ImClientOptions<NoMap>>,
) {
  const reconnect = { baseMs: 50, capMs: 100 };
  const client: ImClient = createImClient<NoMap>({ token: "alice", reconnect, onError: () => {}, ...options });
  const states: string[] = [];
  client.onStatus((status) => void states.push(status.state));
  onTestFinished(() => client.close());
  return { client, states };
}

const stateOf = (client: ImClient, wanted: string) =>
  vi.waitFor(() => expect(client.status.state).toBe(wanted), { timeout: 10_000, interval: 10 });

describe("a device that was away", () => {
  const drop: Faults = { toServer: { drop: true }, toClient: { drop: true } };

  async function behindProxy() {
    const server = createTcpServer({ host: "127.0.0.1", onError: () => {} });
    const gateway = await startGateway(server);
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: server.address.port } });
    onTestFinished(() => proxy.close());
    return { server, gateway, proxy, address: `tcp://127.0.0.1:${proxy.port}` };
  }

  it("and was displaced meanwhile does not come back, until its user asks for it", async () => {
    const { server, gateway, proxy, address } = await behindProxy();
    const hasty = { heartbeatMs: 400, heartbeatTimeoutMs: 400, probeTimeoutMs: 400 };
    const laptop = openClient({ dialer: tcpDialer(), addresses: address, ...hasty });
    const phone = openClient({ dialer: tcpDialer(), addresses: server.dialUrl });
    await laptop.client.connect();
    proxy.setFaults((index) => (index === 0 ? drop : { resetOnAccept: true }));
    const { channelId } = await phone.client.connect();
    await stateOf(laptop.client, "offline");
    proxy.setFaults((index) => (index === 0 ? drop : {}));
    await stateOf(laptop.client, "closed");
    expect(laptop.client.status).toMatchObject({ reason: { code: "IM_ERR_KICKED_OUT" } });
    expect(phone.states).toEqual(["connecting", "online"]);
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId }]);
    await laptop.client.connect();
    await stateOf(phone.client, "closed");
    expect(phone.client.status).toMatchObject({ reason: { code: "IM_ERR_KICKED_OUT" } });
  });

  it("comes back to its own place after a sign-in that was carried out and whose answer was lost", async () => {
    const { gateway, proxy, address } = await behindProxy();
    const { client, states } = openClient({ dialer: tcpDialer(), addresses: address, dialTimeoutMs: 2_000 });
    const { channelId } = await client.connect();
    proxy.setFaults((index) => (index === 1 ? { toClient: { drop: true } } : {}));
    proxy.cutAll();
    const lost = await vi.waitFor(
      async () => {
        const [session] = await gateway.presence.where("alice");
        expect(session?.channelId ?? channelId).not.toBe(channelId);
        return session!;
      },
      { timeout: 10_000 },
    );
    // From now on the server does not hear of its end, either: the place stays taken.
    proxy.setFaults((index) => (index === 1 ? drop : {}));
    await stateOf(client, "online");
    const [session] = await gateway.presence.where("alice");
    expect(session).toMatchObject({ connectId: lost.connectId });
    expect(session!.channelId).not.toBe(lost.channelId);
    expect(states).not.toContain("closed");
  });
});

it.each(transports)(
  "over %s: while a handler works for five seconds, the events of a page end nothing",
  async (_, createServer, createDialer) => {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.stubGlobal("document", document);
    onTestFinished(() => void vi.unstubAllGlobals());
    const server = createServer();
    await startGateway(server);
    const { client, states } = openClient({ dialer: createDialer(), addresses: server.dialUrl });
    await client.connect();
    const answer = client.request("slow");
    const comesBack = () => {
      for (const type of ["online", "pageshow"]) page.dispatchEvent(new Event(type));
      document.dispatchEvent(new Event("visibilitychange"));
    };
    comesBack();
    const timer = setInterval(comesBack, 2_000);
    onTestFinished(() => clearInterval(timer));
    await answer;
    expect(states).toEqual(["connecting", "online"]);
  },
);
