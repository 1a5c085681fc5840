import { expect, it } from "vitest";
import { proxyKinds } from "./proxies/index.js";
import { echo } from "./support/echo.js";
import { connect, inEachProxy, startBehind } from "./support/in-each-proxy.js";

const ECHOES = 10_000;

inEachProxy("clients", proxyKinds, (kind) => {
  it.each(kind.routes)(`sign in and get ${ECHOES} echoes: $name`, async (route) => {
    const behind = await startBehind(kind);
    const client = await connect(behind, route, { token: "alice" });
    await Promise.all(Array.from({ length: ECHOES }, (_, number) => echo(client, number)));
    expect(client.states).toEqual(["connecting", "online"]);
    expect(behind.service.errors).toEqual([]);
  });
});
