import { expect, it, vi } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { TestGateway } from "../support/test-gateway.js";
import { tcp } from "../support/transports.js";
import { codeOf, errorOf, within } from "../support/waiting.js";

const unknown = { address: "" };

/** The addresses of the attempts of a client, in order. */
function attemptsOf(client: ReturnType<typeof openImClient>): readonly string[] {
  const tried: string[] = [];
  client.onStatus((status) => void (status.state === "connecting" && tried.push(status.address)));
  return tried;
}

it("connects where the function says, and the status names that address", async () => {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(unknown, { addresses: async () => [gateway.address] });
  const attempts = attemptsOf(client);
  await client.connect();
  expect(client.status).toMatchObject({ state: "online", address: gateway.address });
  expect(attempts).toEqual(["", gateway.address]);
});

it("asks again before each attempt, and goes where the service has moved to", async () => {
  const before = await TestGateway.start(tcp);
  const after = await TestGateway.start(tcp);
  let found: string | string[] = before.address;
  const client = openImClient(unknown, { addresses: () => found });
  await client.connect();
  found = [after.address];
  await before.stop();
  await vi.waitFor(() => expect(client.status).toMatchObject({ state: "online", address: after.address }), 8_000);
});

it("tries what it gives in turn, in whatever order it comes, and rejects when each has failed once", async () => {
  const given = [tcp.deadAddress, "tcp://127.0.0.1:2", "tcp://127.0.0.1:3"];
  let calls = 0;
  const client = openImClient(unknown, { addresses: () => (calls++ % 2 === 0 ? given : [...given].reverse()) });
  const attempts = attemptsOf(client);
  expect(await codeOf(within(client.connect(), "the end"))).toBe("IM_ERR_CONNECT");
  expect(new Set(attempts.slice(1))).toEqual(new Set(given));
  expect(calls).toBe(3);
});

it("rejects in the end, though the function gives fewer addresses each time", async () => {
  let given = [tcp.deadAddress, "tcp://127.0.0.1:2", "tcp://127.0.0.1:3"];
  const addresses = () => {
    const now = given;
    given = given.slice(0, 1);
    return now;
  };
  const client = openImClient(unknown, { addresses });
  expect(await codeOf(within(client.connect(), "the end"))).toBe("IM_ERR_CONNECT");
});

it.each([
  [
    "throws",
    () => {
      throw new Error("no registry");
    },
    "the addresses function failed: no registry",
  ],
  ["rejects", () => Promise.reject(new Error("no registry")), "the addresses function failed: no registry"],
  ["gives none", () => [], "the addresses function failed: its result must be one address or several"],
  ["gives no text", () => [7] as never, "the addresses function failed: its result must be one address or several"],
  ["hangs", () => new Promise<never>(() => {}), "no address came within 100 ms"],
])("fails an attempt if the function %s, and tries again", async (_, failure, message) => {
  const gateway = await TestGateway.start(tcp);
  const failing = openImClient(unknown, { addresses: failure, dialTimeoutMs: 100 });
  const error = await errorOf(within(failing.connect(), "the end"));
  expect(error).toMatchObject({ code: "IM_ERR_SIGN_IN_FAILED", message: expect.stringContaining(message) });
  let calls = 0;
  const addresses = () => (calls++ === 0 ? failure() : gateway.address);
  const retrying = openImClient(unknown, { addresses, dialTimeoutMs: 1_000, retryFirstConnect: true });
  await within(retrying.connect(), "the second attempt");
});

it("dials nothing when the client is closed while the function is asked", async () => {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(unknown, {
    addresses: async ({ signal }) => {
      void client.close();
      expect(signal?.aborted).toBe(true);
      return gateway.address;
    },
  });
  expect(await codeOf(client.connect())).toBe("IM_ERR_CLIENT_CLOSED");
  await client.close();
  expect(gateway.logins).toEqual([]);
});

it("is given alone", () => {
  const open = () => openImClient(unknown, { address: tcp.deadAddress, addresses: () => tcp.deadAddress });
  expect(open).toThrow(expect.objectContaining({ code: "IM_ERR_INVALID_OPTION" }));
});
