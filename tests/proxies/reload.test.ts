import { expect, it } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { keepEchoing } from "./support/echo.js";
import { connect, eventually, inEachProxy, startBehind } from "./support/in-each-proxy.js";

inEachProxy("a reload", proxyKinds, (kind) => {
  it("lets the clients come back by themselves; each request is carried out once", async () => {
    const behind = await startBehind(kind, { drainSeconds: 1 });
    const clients = await Promise.all(
      kind.routes.map((route) => connect(behind, route, { token: route.name, offlineQueue: {} })),
    );
    const stopEchoing = keepEchoing(clients);
    await behind.proxy.reload();
    await eventually(() => {
      for (const { states } of clients) expect(states.filter((state) => state === "online").length).toBeGreaterThan(1);
    });
    behind.service.expectOnce(await stopEchoing());
  });
});
