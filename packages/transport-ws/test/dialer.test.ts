import { context } from "@im/test-support/raw-peer";
import { within } from "@im/test-support/recorder";
import { bytesOf, read, textOf } from "@im/test-support/watched-server";
import { describe, expect, it } from "vitest";
import { wsDialer } from "../src/index.js";
import { retryAfterSeconds } from "../src/retry-after.js";
import { closeFrame, frame } from "./support/raw-frames.js";
import { agreement, dialRaw, type RawWsPeer, start, startRawServer, upgradeAnswer, urlOf } from "./support/raw-ws.js";

const unmasked = { mask: undefined };

const http =
  (status: string, ...headers: string[]) =>
  async () =>
    Buffer.from([`HTTP/1.1 ${status}`, "Content-Length: 0", ...headers, "", ""].join("\r\n"));

describe("an upgrade request", () => {
  it("has the path, the query, the headers and the subprotocols, and offers no extension", async () => {
    const server = await startRawServer();
    const dialer = wsDialer({ headers: { Authorization: "Bearer secret" }, protocols: ["im.v2", "im.v1"] });
    dialer.dialAndHandshake(context(`${urlOf(server)}/im?room=1`)).catch(() => {});
    const head = await (await server.peers.next()).head();
    expect(head).toMatch(/^GET \/im\?room=1 HTTP\/1\.1\r\n/);
    expect(head).toContain("Authorization: Bearer secret");
    expect(head).toContain("Sec-WebSocket-Protocol: im.v2,im.v1");
    expect(head).not.toMatch(/Sec-WebSocket-Extensions/i);
  });

  it("goes to host:port without a scheme too", async () => {
    const { port } = await start();
    const conn = await wsDialer().dialAndHandshake(context(`127.0.0.1:${port}`));
    expect(conn.remoteAddress).toEqual({ host: "127.0.0.1", port });
    await conn.close();
  });
});

it.each([
  ["seconds", "7", /^Retry-After: 7$/],
  ["a date", new Date(Date.now() + 20_000).toUTCString(), /^Retry-After: (19|20)$/],
  ["a date that is over", "Sun, 06 Nov 1994 08:49:37 GMT", /^Retry-After: 0$/],
])("an answer that asks to come back at %s says so in seconds", async (_, value, reason) => {
  const server = await startRawServer();
  await expect(dialRaw(server, http("503 Service Unavailable", `Retry-After: ${value}`))).rejects.toMatchObject({
    closeInfo: { code: 1013, reason: expect.stringMatching(reason) },
  });
});

it.each([
  ["Sun, 06 Nov 1994 08:49:37 GMT", 30],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 30],
  ["Sun Nov  6 08:49:37 1994", 30],
  ["120", 120],
  ["-5", undefined],
  ["soon", undefined],
  ["", undefined],
])("Retry-After: %s, by the clock of who says it, is %s seconds", (given, seconds) => {
  expect(retryAfterSeconds({ "retry-after": given, date: "Sun, 06 Nov 1994 08:49:07 GMT" })).toBe(seconds);
});

it("an answer that asks to come back later says so as a Close would", async () => {
  const server = await startRawServer();
  const answer = http("503 Service Unavailable", "Retry-After: 7");
  await expect(dialRaw(server, answer)).rejects.toMatchObject({
    code: "IM_ERR_HANDSHAKE",
    closeInfo: { code: 1013, reason: "Retry-After: 7", clean: false },
  });
});

describe("an answer that is not agreement is IM_ERR_HANDSHAKE, and leaves no socket", () => {
  it.each([
    ["401", http("401 Unauthorized"), /401 Unauthorized/],
    ["a redirect, which is not followed", http("302 Found", "Location: /elsewhere"), /302 Found/],
    ["200, of a server that knows no WebSocket", http("200 OK"), /200 OK/],
    ["another protocol than HTTP", async () => Buffer.from("220 mail.example ESMTP\r\n\r\n"), /Parse Error/],
    ["an upgrade to something else", http("101 Switching Protocols", "Upgrade: h2c", "Connection: Upgrade"), /Upgrade/],
    ["a wrong key", async () => upgradeAnswer("another key"), /Sec-WebSocket-Accept/],
    [
      "a subprotocol that nobody asked for",
      async (peer: RawWsPeer) =>
        Buffer.from((await agreement(peer)).toString().replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n")),
      /subprotocol/,
    ],
  ])("%s", async (_, answer, words) => {
    const server = await startRawServer();
    await expect(dialRaw(server, answer)).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      message: expect.stringMatching(words),
    });
    await server.empty();
    expect(server.peers.all).toHaveLength(1);
  });

  it("nothing at all, but the end", async () => {
    const server = await startRawServer();
    const dialling = wsDialer().dialAndHandshake(context(urlOf(server)));
    dialling.catch(() => {});
    const peer = await server.peers.next();
    await peer.head();
    peer.hangUp();
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
    await server.empty();
  });

  it("nothing at all, but a reset", async () => {
    const server = await startRawServer();
    const dialling = wsDialer().dialAndHandshake(context(urlOf(server)));
    dialling.catch(() => {});
    const peer = await server.peers.next();
    await peer.head();
    peer.reset();
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE", cause: { code: "ECONNRESET" } });
  });
});

describe("a dial that leads nowhere leaves no socket", () => {
  it("at its time limit: IM_ERR_DIAL_TIMEOUT", async () => {
    const server = await startRawServer();
    const dialling = wsDialer().dialAndHandshake({ ...context(urlOf(server)), timeoutMs: 200 });
    dialling.catch(() => {});
    await (await server.peers.next()).head();
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_DIAL_TIMEOUT" });
    await server.empty();
  });

  it("at an abort: the signal's reason", async () => {
    const server = await startRawServer();
    const controller = new AbortController();
    const dialling = wsDialer().dialAndHandshake({ ...context(urlOf(server)), signal: controller.signal });
    dialling.catch(() => {});
    await (await server.peers.next()).head();
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(dialling).rejects.toBe(reason);
    await server.empty();
  });

  it("at an abort before it began: no connection is made", async () => {
    const server = await startRawServer();
    const reason = new Error("changed my mind");
    const dialling = wsDialer().dialAndHandshake({ ...context(urlOf(server)), signal: AbortSignal.abort(reason) });
    await expect(dialling).rejects.toBe(reason);
    expect(server.openSockets()).toBe(0);
  });
});

describe("a client's connection", () => {
  it("keeps frames that arrive in the same chunk as the 101 answer (fault 9)", async () => {
    const server = await startRawServer();
    const { conn } = await dialRaw(server, async (peer) =>
      Buffer.concat([await agreement(peer), frame(2, "one", unmasked), frame(1, "two", unmasked)]),
    );
    expect(await read(conn)).toBe("one");
    expect(await read(conn)).toBe("two");
  });

  it("reads a Close that arrives in the same chunk as the 101 answer, after the frame before it", async () => {
    const server = await startRawServer();
    const { conn, peer } = await dialRaw(server, async (peer) =>
      Buffer.concat([await agreement(peer), frame(2, "one", unmasked), closeFrame(4000, "full", unmasked)]),
    );
    expect(await read(conn)).toBe("one");
    expect(await peer.close()).toEqual({ code: 4000, reason: "full" });
    peer.hangUp();
    await expect(conn.readFrame()).rejects.toMatchObject({
      code: "IM_ERR_CLOSED",
      closeInfo: { code: 4000, reason: "full" },
    });
  });

  it("masks every frame, each with another mask, and leaves the payload as it is", async () => {
    const server = await startRawServer();
    const { conn, peer } = await dialRaw(server, agreement);
    const payloads = [0, 1, 125, 126, 5000, 65_535, 65_536].map((length) => new Uint8Array(length).fill(0x61));
    for (const payload of payloads) conn.writeFrame(2, payload);
    conn.writeFrame(9, bytesOf("ping"));
    conn.flush();
    void conn.close(4000, "bye");
    const frames = [];
    for (let n = 0; n < payloads.length + 2; n++) frames.push(await peer.frame());
    expect(frames.every(({ masked }) => masked)).toBe(true);
    expect(frames.slice(0, -2).map(({ payload }) => payload.toString())).toEqual(payloads.map(textOf));
    expect(frames.at(-2)).toMatchObject({ opCode: 9, payload: Buffer.from("ping") });
    expect(frames.at(-1)).toMatchObject({ opCode: 8, payload: Buffer.from("\x0f\xa0bye", "latin1") });
    expect(payloads.every((payload) => payload.every((byte) => byte === 0x61))).toBe(true);
  });

  it.each([
    ["masks", frame(2, "masked"), 1002],
    ["uses an unknown opcode", frame(3, "", unmasked), 1002],
    ["sends text that is no UTF-8", frame(1, Uint8Array.of(0xff), unmasked), 1007],
    ["sends more than is allowed", frame(2, "", { ...unmasked, declares: 2n ** 40n }), 1009],
  ])("is closed with the code for it when the server %s", async (_, bytes, code) => {
    const server = await startRawServer();
    const { conn, peer } = await dialRaw(server, agreement);
    peer.send(bytes);
    expect(await peer.close()).toMatchObject({ code });
    peer.hangUp();
    expect(await within(conn.closed, "the end of the connection")).toMatchObject({ code });
  });

  it("destroyed leaves no socket", async () => {
    const server = await startRawServer();
    const { conn } = await dialRaw(server, agreement);
    conn.destroy();
    expect(await conn.closed).toMatchObject({ code: 1006, reason: "destroyed" });
    await server.empty();
  });
});
