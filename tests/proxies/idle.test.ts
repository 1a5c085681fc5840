import { imClientDefaults } from "@im/client";
import { defaults } from "@im/transport-core";
import { expect, it } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { connect, eventually, inEachProxy, startBehind } from "./support/in-each-proxy.js";

/** After which the proxies of the cloud, nginx and others close a silent connection. */
const USUAL_IDLE_MS = 60_000;
const IDLE_SECONDS = 2;
/** A quarter of the wait, so that a machine that stands still for a second does no harm. */
const HEARTBEAT_MS = 500;

it("the default heartbeats of both clients come before the usual proxies close a silent connection", () => {
  expect(imClientDefaults.heartbeatMs).toBeLessThan(USUAL_IDLE_MS / 2);
  expect(defaults.heartbeatMs).toBeLessThan(USUAL_IDLE_MS);
});

// Caddy never closes them.
const kinds = proxyKinds.filter(({ idlesOut }) => idlesOut);

inEachProxy("connections without messages", kinds, (kind) => {
  it("outlive the wait of the proxy by their heartbeats, and no others do", async () => {
    const behind = await startBehind(kind, { idleSeconds: IDLE_SECONDS });
    const open = (name: string, heartbeatMs: number) =>
      Promise.all(kind.routes.map((route) => connect(behind, route, { token: `${name}: ${route.name}`, heartbeatMs })));
    const beating = await open("beating", HEARTBEAT_MS);
    const silent = await open("silent", 600_000);
    await eventually(() => {
      for (const { states } of silent) expect(states).toContain("offline");
    });
    for (const { states } of beating) expect(states).toEqual(["connecting", "online"]);
  });
});
