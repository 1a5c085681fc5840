import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { type BodyCodec, Flag } from "@im/wire";
import { expect, it } from "vitest";
import { createGateway } from "../src/index.js";
import { signInCrowd } from "./support/crowd.js";

it("a push to 1,000 accounts on ws and tcp reaches each once, and its body is encoded once", async () => {
  let encoded = 0;
  const number: BodyCodec<number> = {
    encode: (value) => {
      encoded++;
      return Uint8Array.of(value);
    },
    decode: (body) => body[0]!,
  };
  const [ws, tcp] = [createWsServer({ host: "127.0.0.1" }), createTcpServer({ host: "127.0.0.1" })];
  const gateway = createGateway({
    servers: [ws, tcp],
    authenticate: ({ token }) => ({ account: token }),
    commands: { "count.it": { push: number } },
  });
  await gateway.start();
  const peers = await signInCrowd({ ws: ws.dialUrl, tcp: tcp.dialUrl }, 1_000);
  const accounts = peers.map((_, index) => `user-${index}`);
  expect(await gateway.push(accounts, "count.it", 7)).toEqual({ delivered: 1_000, offline: [], failed: [] });
  for (const peer of peers) {
    expect(await peer.logic()).toMatchObject({ command: "count.it", flag: Flag.Push, body: Uint8Array.of(7) });
    expect(peer.unread).toEqual([]);
  }
  expect(encoded).toBe(1);
  await gateway.shutdown({ signal: AbortSignal.abort() });
});
