import { expect, it } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { connect, echo, eventually, inEachProxy, startBehind } from "./support/in-each-proxy.js";

const REQUESTS_AFTERWARDS = 100;

inEachProxy("a reload", proxyKinds, (kind) => {
  it("lets the clients come back by themselves; each request is carried out once", async () => {
    const behind = await startBehind(kind, { drainSeconds: 1 });
    const clients = await Promise.all(
      kind.routes.map((route) => connect(behind, route, { token: route.name, offlineQueue: {} })),
    );
    let isOver = false;
    const sent = clients.map(async (client) => {
      let number = 0;
      while (!isOver) await echo(client, number++, true);
      for (let last = 0; last < REQUESTS_AFTERWARDS; last++) await echo(client, number++, true);
      return number;
    });
    await behind.proxy.reload();
    await eventually(() => {
      for (const { states } of clients) expect(states.filter((state) => state === "online").length).toBeGreaterThan(1);
    });
    isOver = true;
    const total = (await Promise.all(sent)).reduce((sum, count) => sum + count);
    expect(behind.service.carriedOut.size).toBe(total);
    expect(new Set(behind.service.carriedOut.values())).toEqual(new Set([1]));
  });
});
