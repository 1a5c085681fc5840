import { type LogicPkt, MetaType, Status } from "@im/wire";
import { extensionMetaKeys } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { failing, TestGateway, type TestGatewayOptions } from "../support/test-gateway.js";
import { tcp } from "../support/transports.js";
import { codeOf, within } from "../support/waiting.js";

/** A gateway, and what each sign-in said of its connect: `[key, id]`. */
async function startRecording(options: TestGatewayOptions = { supportsReconnect: true }) {
  const said: (readonly [key: string, id: string])[] = [];
  const gateway: TestGateway = await TestGateway.start(tcp, {
    ...options,
    signIn(login, request) {
      for (const { key, value } of request.meta) said.push([key, value]);
      return options.signIn?.(login, request) ?? gateway.welcome(login, request);
    },
  });
  return { gateway, said };
}

async function lose(gateway: TestGateway, client: ReturnType<typeof openImClient>): Promise<void> {
  const { status } = client;
  await gateway.server.closeChannel((status as { session: { channelId: string } }).session.channelId, 1001);
  await within(client.ready(), "the return");
}

describe("a client that comes back by itself", () => {
  it("says so, with the id of its connect; the next connect has another", async () => {
    const { gateway, said } = await startRecording();
    const client = openImClient(gateway);
    await client.connect();
    await lose(gateway, client);
    await lose(gateway, client);
    await client.close();
    await client.connect();
    const { connectId, reconnectId } = extensionMetaKeys;
    expect(said.map(([key]) => key)).toEqual([connectId, reconnectId, reconnectId, connectId]);
    expect(new Set(said.map(([, id]) => id)).size).toBe(2);
    expect(said[2]).toEqual([reconnectId, said[0]![1]]);
    expect(said[0]![1]).toMatch(/^[\w-]{22}$/);
  });

  it("does not say so to a server that would not understand", async () => {
    const { gateway, said } = await startRecording({});
    const client = openImClient(gateway);
    await client.connect();
    await lose(gateway, client);
    expect(said.map(([key]) => key)).toEqual([extensionMetaKeys.connectId, extensionMetaKeys.connectId]);
  });

  it("does not say so before it was online: its user asks for the place", async () => {
    let count = 0;
    const signIn = (_: unknown, request: LogicPkt) =>
      ++count < 3 ? failing(request, Status.SystemException) : undefined;
    const { gateway, said } = await startRecording({ supportsReconnect: true, signIn });
    await within(openImClient(gateway, { retryFirstConnect: true }).connect(), "the third sign-in");
    expect(said.map(([key]) => key)).toEqual(Array(3).fill(extensionMetaKeys.connectId));
  });

  it("ends when it gets the kick-out that it missed", async () => {
    const over = { key: extensionMetaKeys.sessionOver, value: "kicked out", type: MetaType.String };
    const signIn = (_: unknown, request: LogicPkt) =>
      request.meta[0]?.key === extensionMetaKeys.reconnectId
        ? { ...failing(request, Status.SessionNotFound), meta: [over] }
        : undefined;
    const { gateway, said } = await startRecording({ supportsReconnect: true, signIn });
    const client = openImClient(gateway);
    await client.connect();
    expect(await codeOf(lose(gateway, client))).toBe("IM_ERR_KICKED_OUT");
    expect(client.status).toMatchObject({ state: "closed", reason: { code: "IM_ERR_KICKED_OUT" } });
    expect(said).toHaveLength(2);
    await client.connect();
  });
});
