import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { expect, it, onTestFinished } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { connect, dialerFor, inEachProxy, startBehind } from "./support/in-each-proxy.js";

/** None of the addresses that the gateways trust. */
const CLIENT_HOST = "127.0.0.9";
const forged = { "X-Forwarded-For": "192.0.2.1", Forwarded: "for=192.0.2.2", "X-Real-IP": "192.0.2.3" };

/** Passes connections on from the address of the client, until the end of the test. @returns the address for dialers */
async function fromClientHost(address: string): Promise<string> {
  const { hostname: host, port } = new URL(address);
  const relay = await startFaultProxy({ target: { host, port: Number(port), localAddress: CLIENT_HOST } });
  onTestFinished(() => relay.close());
  return address.replace(port, String(relay.port));
}

inEachProxy("sessions", proxyKinds, (kind) => {
  it("have the addresses of their clients, whatever these claim", async () => {
    const { service, proxy } = await startBehind(kind);
    for (const route of kind.routes) {
      const address = await fromClientHost(proxy.address(route));
      const dialer = dialerFor(service, route, forged);
      await connect({ service, proxy }, route, { token: route.name, address, dialer });
      const sessions = await service.gateways[0]!.presence.where(route.name);
      expect(sessions, route.name).toMatchObject([{ remoteIp: CLIENT_HOST }]);
    }
  });
});
