import { createResponse } from "@im/wire";
import { describe, expect, it } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { echo, TestGateway } from "../support/test-gateway.js";
import { type Transport, transports } from "../support/transports.js";
import { bytes, errorOf, within } from "../support/waiting.js";

const MAX_BYTES = 65_536;

/** Its servers take no more. */
function frugal(transport: Transport): Transport {
  return {
    ...transport,
    createServer: (options) => transport.createServer({ ...options, maxPayloadBytes: MAX_BYTES }),
  };
}

/** Ten small idempotent requests around the one of command `a.big`, which fails. */
async function askAround(gateway: TestGateway, transport: Transport, body: Uint8Array) {
  const dialer = transport.dialer({ maxPayloadBytes: MAX_BYTES + 100_000 });
  const client = openImClient(gateway, { dialer, offlineQueue: {} });
  let disconnects = 0;
  client.onStatus(({ state }) => void (state === "offline" && disconnects++));
  await client.connect();
  const small = (number: number) => client.request("a.small", bytes(String(number)), { idempotent: true });
  const before = [0, 1, 2].map(small);
  const failure = errorOf(client.request("a.big", body, { idempotent: true }));
  const after = [3, 4, 5].map(small);
  const error = await within(failure, "its end");
  const answers = await within(Promise.all([...before, ...after, ...[6, 7, 8, 9].map(small)]), "the answers");
  expect(answers).toHaveLength(10);
  return { error, disconnects };
}

describe.each(transports)(
  "over $name, an idempotent request that cannot go well fails and takes no other along:",
  (transport) => {
    it("one that the server must close on", async () => {
      const gateway = await TestGateway.start(frugal(transport));
      const { error, disconnects } = await askAround(gateway, transport, new Uint8Array(100_000));
      expect(error).toMatchObject({ code: "IM_ERR_UNANSWERED", cause: { closeInfo: { code: 1009 } } });
      expect(disconnects).toBeLessThanOrEqual(2);
    });

    it("one whose response is above the client's own limit", async () => {
      const gateway = await TestGateway.start(transport, {
        answer: (request, agent) =>
          request.command === "a.big"
            ? createResponse(request, { body: new Uint8Array(MAX_BYTES + 200_000) })
            : echo(request, agent),
      });
      const { error, disconnects } = await askAround(gateway, transport, bytes("how much?"));
      expect(error).toMatchObject({ code: "IM_ERR_UNANSWERED", cause: { closeInfo: { code: 1009 } } });
      expect(disconnects).toBeLessThanOrEqual(2);
    });
  },
);
