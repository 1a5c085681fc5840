import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import {
  BasicCode,
  basicPing,
  basicPong,
  createLogicPkt,
  createResponse,
  type LogicPkt,
  marshal,
  type Packet,
  read,
  Status,
} from "@im/wire";
import { decodeLoginReq, encodeErrorResp, encodeLoginResp } from "@im/wire/codec";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { frame } from "../support/raw-gateway.js";
import { bytes, codeOf, deferred, errorOf, text, within } from "../support/waiting.js";

/**
 * As kim's gateway: bytes on a socket, none of our code but for the packets. It confirms no extension, refuses the token
 * "bad" without setting the flag, answers a BasicPkt ping, echoes requests, and ends connections as the test says. Its
 * answer to a Ping frame breaks the stream.
 */
async function startKim() {
  const sockets: Socket[] = [];
  const requests: LogicPkt[] = [];
  const counts = { signIns: 0, pings: 0, basicPongs: 0 };
  const pinged = deferred();
  const packet = (socket: Socket, received: Packet) => {
    const say = (answer: Packet) => socket.write(frame(2, marshal(answer)));
    if (received.kind === "basic") {
      if (received.code === BasicCode.Pong) counts.basicPongs++;
      if (received.code !== BasicCode.Ping) return;
      counts.pings++;
      if (counts.pings === 3) pinged.resolve();
      say(basicPong);
    } else if (received.command === "login.signin") {
      counts.signIns++;
      const { command, sequence } = received;
      if (decodeLoginReq(received.body).token === "bad") {
        const body = encodeErrorResp({ message: "bad token" });
        return void say(createLogicPkt({ command, sequence, status: Status.Unauthorized, body }));
      }
      const body = encodeLoginResp({ channelId: `alice_${sockets.length}`, account: "alice" });
      say(createResponse(received, { body }));
    } else {
      requests.push(received);
      say(createResponse(received, { body: received.body }));
    }
  };
  const server = createServer((socket) => {
    sockets.push(socket);
    let rest: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const [opCode, length] = [rest[0], rest.readUInt32BE(1)];
        const payload = rest.subarray(5, 5 + length);
        rest = rest.subarray(5 + length);
        if (opCode === 2) packet(socket, read(payload));
        if (opCode === 9) socket.write(frame(0xa).subarray(1));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, sockets, requests, counts, threePings: pinged.promise };
}

describe("against a server that behaves as kim's", () => {
  it("signs in, requests, and sends no key that the gateway would ignore", async () => {
    const kim = await startKim();
    const client = openImClient(kim);
    expect(await client.connect()).toEqual({ account: "alice", channelId: "alice_1", extensions: new Set() });
    const { body } = await client.request("chat.user.talk", bytes("hi"), { dest: "bob", idempotent: true });
    expect(text(body)).toBe("hi");
    expect(kim.requests[0]).toMatchObject({ dest: "bob", meta: [] });
  });

  it("pings by packets, since its answer to a Ping frame would break the stream", async () => {
    const kim = await startKim();
    const client = openImClient(kim, { heartbeatMs: 100, heartbeatTimeoutMs: 100 });
    await client.connect();
    await within(kim.threePings, "three pings");
    expect(client.status.state).toBe("online");
    expect(kim.sockets).toHaveLength(1);
  });

  it("takes a refusal for one whose flag is not set", async () => {
    const kim = await startKim();
    const client = openImClient(kim, { token: "bad" });
    const error = await errorOf(within(client.connect(), "the refusal"));
    expect(error).toMatchObject({ code: "IM_ERR_SIGN_IN_REFUSED", response: { status: Status.Unauthorized } });
    expect(error.message).toContain("bad token");
    expect(kim.counts.signIns).toBe(1);
  });

  it("answers its BasicPkt ping", async () => {
    const kim = await startKim();
    const client = openImClient(kim);
    await client.connect();
    kim.sockets[0]!.write(frame(2, marshal(basicPing)));
    await vi.waitFor(() => expect(kim.counts.basicPongs).toBe(1));
  });

  it.each([
    ["a Close without a code", (socket: Socket) => void socket.end(frame(8))],
    ["a bare FIN", (socket: Socket) => void socket.end()],
    ["a reset", (socket: Socket) => void socket.resetAndDestroy()],
  ])("comes back after %s, and what was in flight has failed", async (_, end) => {
    const kim = await startKim();
    const client = openImClient(kim);
    await client.connect();
    const back = (async () => {
      for await (const status of client.statuses()) {
        if (status.state === "online" && status.session.channelId === "alice_2") return;
      }
    })();
    const socket = kim.sockets[0]!;
    socket.removeAllListeners("data");
    const inFlight = codeOf(client.request("chat.user.talk"));
    end(socket);
    expect(await within(inFlight, "the request to fail")).toBe("IM_ERR_UNANSWERED");
    await within(back, "the return");
  });
});
