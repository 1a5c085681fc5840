import type { Socket } from "node:net";
import type { ImClient } from "@im/client";
import { createPush, marshal } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { closeFrame, frame, startRawGateway } from "../support/raw-gateway.js";
import { tcp } from "../support/transports.js";
import { bytes, codeOf, errorOf, text, within } from "../support/waiting.js";

// The server has sent Close, and its socket does not end before the close wait.

const options = { offlineQueue: {}, requestTimeoutMs: 5_000 };
const open = (gateway: { address: string }) => openImClient(gateway, options);

function statesOf(client: ImClient): string[] {
  const states: string[] = [];
  client.onStatus(({ state }) => void states.push(state));
  return states;
}

/** Sends Close, and waits until the client has read it: it answers, which ends its own side. */
async function sayClose(gateway: Awaited<ReturnType<typeof startRawGateway>>, code: number): Promise<void> {
  const socket = gateway.sockets[0]!;
  const answered = new Promise<void>((resolve) => void socket.once("end", resolve));
  socket.write(closeFrame(code));
  await within(answered, "the answer to Close");
}

describe("an answer to the sign-in in the same chunk as a Close, while a request waits", () => {
  it.each([
    [4001, ["connecting", "online", "closed"]],
    [1012, ["connecting", "online", "offline"]],
  ])("with %i is reported in order: %j", async (code, expected) => {
    const gateway = await startRawGateway({ glued: [closeFrame(code)] });
    const client = open(gateway);
    const states = statesOf(client);
    client.connect().catch(() => {});
    client.request("a.b").catch(() => {});
    for await (const { state } of client.statuses()) if (state === expected[2]) break;
    expect(states.slice(0, 3)).toEqual(expected);
  });
});

describe("a Close of the server whose socket does not end", () => {
  // The client notices the end by the Close, not by the end of its own wait.
  const patient = tcp.dialer({ closeWaitMs: 60_000 });
  const endSockets = ({ sockets }: { sockets: readonly Socket[] }) => {
    for (const socket of sockets) socket.destroy();
  };

  it("fails at once what is in flight", async () => {
    const gateway = await startRawGateway();
    const client = openImClient(gateway, { dialer: patient });
    const reasons: (Error | undefined)[] = [];
    client.onStatus((status) => void (status.state === "offline" && reasons.push(status.reason)));
    await client.connect();
    const inFlight = errorOf(client.request("a.mute"));
    await vi.waitFor(() => expect(gateway.requests).toHaveLength(1));
    await sayClose(gateway, 1012);
    expect(await within(inFlight, "its end")).toMatchObject({ code: "IM_ERR_UNANSWERED", delivery: "unknown" });
    expect(reasons).toMatchObject([{ closeInfo: { code: 1012 } }]);
    endSockets(gateway);
  });

  it("ends the client for good by its code, even if there is another reason to leave", async () => {
    const push = frame(2, marshal(createPush({ command: "a.push" })));
    const gateway = await startRawGateway({ glued: [Buffer.concat([push, push, push, closeFrame(4001)])] });
    const client = openImClient(gateway, { dialer: patient, maxQueuedPushes: 1 });
    const states = statesOf(client);
    client.on("a.push", () => new Promise(() => {}));
    await client.connect().catch(() => {});
    for await (const { state } of client.statuses()) if (state === "closed") break;
    expect(states).toEqual(["connecting", "online", "closed"]);
    expect(client.status).toMatchObject({ reason: { closeInfo: { code: 4001 } } });
    endSockets(gateway);
  });
});

describe("a request on a connection that is closing", () => {
  it("for good fails with the client, and is not sent by its next connection", async () => {
    const gateway = await startRawGateway();
    const client = open(gateway);
    await client.connect();
    await sayClose(gateway, 4001);
    expect(await codeOf(within(client.request("a.b"), "its end"))).toBe("IM_ERR_CLIENT_CLOSED");
    await client.connect();
    await client.request("a.c");
    expect(gateway.requests.map(({ command }) => command)).toEqual(["a.c"]);
  });

  it("for a while waits, if it may, with the body of the call", async () => {
    const gateway = await startRawGateway();
    const client = open(gateway);
    await client.connect();
    await sayClose(gateway, 1012);
    const body = bytes("first");
    const answer = client.request("a.b", body);
    body.set(bytes("other"));
    expect(text((await within(answer, "the answer")).body)).toBe("first");
  });
});

it("another account that is connected after close gets what is asked for meanwhile", async () => {
  const gateway = await startRawGateway({ accounts: ["alice", "bob"] });
  const client = open(gateway);
  await client.connect();
  await client.close();
  const connecting = client.connect();
  const answer = client.request("a.b");
  expect(await connecting).toMatchObject({ account: "bob" });
  await within(answer, "the answer");
});
