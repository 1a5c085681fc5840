import { expect, it } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { CLIENT_HOST, fromClientHost } from "./support/client-host.js";
import { connect, dialerFor, inEachProxy, startBehind } from "./support/in-each-proxy.js";

/** What a client says to seem another. */
const forged = { "X-Forwarded-For": "192.0.2.1", Forwarded: "for=192.0.2.2", "X-Real-IP": "192.0.2.3" };

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
