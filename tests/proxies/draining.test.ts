import { expect, it } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { keepEchoing } from "./support/echo.js";
import { connect, eventually, inEachProxy, startBehind } from "./support/in-each-proxy.js";

const CLIENTS_PER_ROUTE = 4;

inEachProxy("draining", proxyKinds, (kind) => {
  it("one of two gateways moves its clients to the other; each request is carried out once", async () => {
    const behind = await startBehind(kind);
    const [leaving, staying] = behind.service.gateways;
    const clients = await Promise.all(
      Array.from({ length: CLIENTS_PER_ROUTE }).flatMap((_, index) =>
        kind.routes.map((route) => connect(behind, route, { token: `${route.name} ${index}`, offlineQueue: {} })),
      ),
    );
    expect(leaving!.sessions().size).toBeGreaterThan(0);
    const stopEchoing = keepEchoing(clients);
    const report = await leaving!.shutdown({ connectionsPerSecond: 50 });
    expect(report).toMatchObject({ cut: 0 });
    await eventually(() => expect(staying!.sessions().size).toBe(clients.length));
    behind.service.expectOnce(await stopEchoing());
  });
});
