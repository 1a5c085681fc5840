import { createServer } from "node:http";
import type { RefusalReason } from "@im/transport-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { wsDialer } from "../src/index.js";
import { connect, expectToServeAGoodClient, loggedIn, rawWs, start, upgradeRequest } from "./support/raw-ws.js";

it.each([
  ["maxConnections", "max-connections"],
  ["maxConnectionsPerAddress", "max-connections-per-address"],
  ["maxAcceptsPerSecond", "accept-rate"],
] as const)("beyond %s an upgrade on a given HTTP server is refused as on a port of its own", async (name, why) => {
  const own = createServer();
  onTestFinished(() => void own.close());
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  const refused: RefusalReason[] = [];
  const watched = await start({ server: own, [name]: 1, hooks: { refused: (reason) => refused.push(reason) } });
  await loggedIn(watched);
  const peer = await connect(watched.port);
  peer.send(upgradeRequest());
  await rawWs.expectRefusal(peer, why);
  expect(refused).toEqual([why]);
});

describe("the head of an upgrade request", () => {
  it("beyond maxHeaderBytes is answered 431", async () => {
    const watched = await start({ maxHeaderBytes: 1_000 });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/", { Padding: "x".repeat(1_000) }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 431 /);
    await expectToServeAGoodClient(watched);
  });

  it("within it is taken", async () => {
    const watched = await start({ maxHeaderBytes: 2_000 });
    const dialer = wsDialer({ headers: { Padding: "x".repeat(1_000) } });
    const conn = await dialer.dialAndHandshake({ id: "", name: "", address: watched.server.dialUrl, timeoutMs: 5_000 });
    conn.destroy();
  });
});
