import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { frame } from "./support/raw-frames.js";
import { RawPeer, upgradeRequest } from "./support/raw-peer.js";
import { loginByName, within } from "./support/transport-neutral.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

describe("an upgrade", () => {
  it("on any path and from any origin is taken, as kim does", async () => {
    const { port } = await startServer();
    for (const path of ["/", "/some/where?token=1", "/%zz"]) await RawPeer.upgraded(port, path);
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest("/", { Origin: "https://elsewhere.example" }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("is answered with the key of RFC 6455, and no extension even if one is offered", async () => {
    const { port } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest("/", { "Sec-WebSocket-Extensions": "permessage-deflate" }));
    const head = await peer.head();
    expect(head).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    expect(head).not.toMatch(/Sec-WebSocket-Extensions/i);
  });

  it.each([
    ["the first of ours that the client offers", ["im.v2", "im.v1"], "im.v1, im.v2", "im.v2"],
    ["the only one in common", ["im.v2", "im.v1"], "chat,im.v1", "im.v1"],
    ["none if there is none in common", ["im.v2"], "chat", undefined],
    ["none if we have none", [], "chat", undefined],
  ])("agrees on a subprotocol: %s", async (_, protocols, offered, agreed) => {
    const { port } = await startServer({ protocols });
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest("/", { "Sec-WebSocket-Protocol": offered }));
    const head = await peer.head();
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(/Sec-WebSocket-Protocol: (.*)/i.exec(head)?.[1]).toBe(agreed);
  });

  it("on another path than ours gets 404, and the connection is closed even if the client does nothing", async () => {
    const watched = await startServer({ path: "/im" });
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest("/other"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 404 Not Found/);
    await peer.ended();
    await within(new Promise((resolve) => peer.socket.once("close", resolve).end()), "the socket to close");
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("on another path than ours, by clients that reset at once, ends nothing but their connections", async () => {
    const watched = await startServer({ path: "/im" });
    const peers = await Promise.all(Array.from({ length: 20 }, () => RawPeer.connect(watched.port)));
    for (const peer of peers) {
      peer.send(upgradeRequest("/other"), Buffer.alloc(100_000));
      peer.reset();
    }
    await expectToServeAGoodClient(watched);
  });

  it.each([
    ["/im", "http://127.0.0.1/im", 101],
    ["/im", "http://127.0.0.1/im?token=1", 101],
    ["/im", "wss://other.example:8443/im", 101],
    ["/im", "http://127.0.0.1/other", 404],
    ["/im", "http://127.0.0.1", 404],
    ["/", "http://127.0.0.1?token=1", 101],
    ["/im", "/other?x=http://127.0.0.1/im", 404],
    ["/im", "/x/../im", 404],
    ["/im", "/%69m", 101],
    ["/чат/~a b", "/%d1%87%D0%B0%d1%82/%7Ea%20b", 101],
    ["/чат", "/%D1%87%D0%B0%D1%83", 404],
    ["/v1.0", "/v1.0", 101],
    ["/a%2Fb", "/a/b", 404],
    ["//im", "//im", 101],
  ])("for %s to the target %s gets %i", async (path, target, status) => {
    const { port } = await startServer({ path });
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest(target));
    expect(await peer.head()).toContain(`HTTP/1.1 ${status} `);
  });

  it("on a path of any letters is taken, as the server's own dialUrl has it", async () => {
    const watched = await startServer({ path: "/чат/a b" });
    expect(watched.server.dialUrl).toBe(`ws://127.0.0.1:${watched.port}/%D1%87%D0%B0%D1%82/a%20b`);
    await expectToServeAGoodClient(watched);
  });

  it("on our path is taken with a query too", async () => {
    const { port, server } = await startServer({ path: "/im" });
    expect(server.dialUrl).toBe(`ws://127.0.0.1:${port}/im`);
    await RawPeer.upgraded(port, "/im?token=1");
  });

  it.each([
    ["without a key", { "Sec-WebSocket-Key": undefined }],
    ["with a key that is none", { "Sec-WebSocket-Key": "short" }],
    ["to another protocol", { Upgrade: "h2c" }],
    ["with subprotocols that are no tokens", { "Sec-WebSocket-Protocol": "a b" }],
    ["without a host", { Host: undefined }],
    ["with a host that is none", { Host: "a, b" }],
    ["with a second host", { host: "elsewhere" }],
    ["with a body to come", { "Content-Length": "1" }],
    ["with a body in chunks", { "Transfer-Encoding": "chunked" }],
  ])("%s gets 400, is counted as a refusal, and harms nobody else", async (_, headers) => {
    const refused: string[] = [];
    const watched = await startServer({ hooks: { refused: (why) => refused.push(why) } });
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest("/", headers));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
    await peer.ended();
    expect(watched.errors.all).toEqual([]);
    peer.socket.end();
    await expectToServeAGoodClient(watched);
    expect(refused).toEqual(["handshake"]);
  });

  it("with a body that comes at once gets 400, and the end of it does no harm", async () => {
    const watched = await startServer();
    for (const body of [Buffer.from("x"), Buffer.alloc(200_000)]) {
      const peer = await RawPeer.connect(watched.port);
      peer.send(upgradeRequest("/", { "Content-Length": `${body.length}` }), body);
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
      expect(await peer.ended()).toBe("end");
    }
    await expectToServeAGoodClient(watched);
  });

  it("by HTTP/1.0 gets 400, by another method than GET 405 and which one is allowed", async () => {
    const { port } = await startServer();
    const ask = async (change: (request: string) => string) => {
      const peer = await RawPeer.connect(port);
      peer.send(Buffer.from(change(upgradeRequest().toString())));
      return peer.head();
    };
    expect(await ask((request) => request.replace("HTTP/1.1", "HTTP/1.0"))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask((request) => request.replace("GET", "POST"))).toMatch(/^HTTP\/1\.1 405 .*\r\nAllow: GET(\r\n|$)/s);
  });

  it.each(["8", "7", "12", "14", "013", undefined])(
    "to version %s gets 426, and the one that we speak",
    async (version) => {
      const { port } = await startServer({ origins: ["https://chat.example"] });
      const peer = await RawPeer.connect(port);
      // Version 8 has its origin in another header.
      peer.send(
        upgradeRequest("/", { "Sec-WebSocket-Version": version, "Sec-WebSocket-Origin": "https://evil.example" }),
      );
      const head = await peer.head();
      expect(head).toMatch(/^HTTP\/1\.1 426 /);
      expect(head).toMatch(/\r\nSec-WebSocket-Version: 13(\r\n|$)/);
      expect(head).toMatch(/\r\nUpgrade: websocket(\r\n|$)/);
      expect(head).toMatch(/\r\nConnection: close, Upgrade(\r\n|$)/);
    },
  );

  it.each(["h2c, websocket", "WebSocket,h2c"])("that offers %s is taken", async (offers) => {
    const { port } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest("/", { Upgrade: offers, "Content-Length": "0" }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("that is no HTTP at all gets 400", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "login"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
    await peer.ended();
    await expectToServeAGoodClient(watched);
  });
});

describe("a plain HTTP request", () => {
  it("gets 426 and what to do, and the connection is closed", async () => {
    const watched = await startServer();
    const response = await fetch(`http://127.0.0.1:${watched.port}/`);
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    expect(response.headers.get("connection")).toBe("close, Upgrade");
    expect(await response.text()).toContain("WebSocket");
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });
});

describe("an upgrade sent in the same chunk as a request that is refused", () => {
  it.each([
    ["a plain request", 426, Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["an upgrade on another path", 404, upgradeRequest("/other")],
    ["an upgrade without a key", 400, upgradeRequest("/im", { "Sec-WebSocket-Key": undefined })],
  ])("is not processed behind %s: the peer gets one response and the end", async (_, status, request) => {
    const asked: unknown[] = [];
    const counted: string[] = [];
    const hooks = {
      accepted: () => counted.push("accepted"),
      refused: (why: string) => counted.push(why),
      opened: () => counted.push("opened"),
    };
    const verifyUpgrade = ({ url, headers }: IncomingMessage) => asked.push(url) > 0 && headers.origin === undefined;
    const watched = await startServer({ path: "/im", hooks, verifyUpgrade });
    const peer = await RawPeer.connect(watched.port);
    const origin = { Origin: "https://chat.example" };
    peer.send(request, upgradeRequest("/im"), frame(2, "alice"), upgradeRequest("/im", origin));
    expect(await peer.head()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await peer.body()).not.toContain("HTTP/1.1");
    expect(asked).toEqual(status === 400 ? ["/im"] : []);
    peer.socket.end();
    await expectToServeAGoodClient(watched);
    expect(counted.slice(0, 2)).toEqual(["accepted", "handshake"]);
  });
});

describe("a frame glued to the upgrade request", () => {
  it("is the login, and those behind it are messages (fault 9)", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest(), frame(2, "alice"), frame(2, "one"), frame(9, "ping"), frame(2, "two"));
    expect(await messages.next()).toMatchObject({ id: "alice", text: "one" });
    expect(await messages.next()).toMatchObject({ id: "alice", text: "two" });
    expect(await peer.message()).toEqual({ opCode: 10, text: "ping" });
  });

  it("may be cut anywhere: all in segments of one byte", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
    await peer.drip(Buffer.concat([upgradeRequest(), frame(2, "alice"), frame(2, "one")]));
    expect(await messages.next()).toMatchObject({ id: "alice", text: "one" });
  });

  it("may break the protocol: nobody else notices", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest(), frame(3, "hi"));
    expect(await peer.close()).toMatchObject({ code: 1002 });
    await expectToServeAGoodClient(watched);
  });
});

describe("frames glued to the login", () => {
  it("are kept, in order, while the login takes its time", async () => {
    let letIn = () => {};
    const decided = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    const watched = await startServer({
      acceptor: {
        async accept(conn, options) {
          const id = await loginByName.accept(conn, options);
          await decided;
          return id;
        },
      },
    });
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(2, "alice"), frame(2, "early"));
    letIn();
    await watched.admitted.next();
    peer.send(frame(2, "late"));
    expect(await watched.messages.next()).toMatchObject({ text: "early" });
    expect(await watched.messages.next()).toMatchObject({ text: "late" });
  });
});

describe("the login wait", () => {
  it("ends an upgrade that never begins, and one that never ends, however busy (fault 10)", async () => {
    const watched = await startServer({ loginWaitMs: 200 });
    const silent = await RawPeer.connect(watched.port);
    const dripping = await RawPeer.connect(watched.port);
    dripping.send(upgradeRequest().subarray(0, -2));
    const drip = setInterval(() => dripping.send(Buffer.from("X: y\r\n")), 20);
    await Promise.all([silent.ended(), dripping.ended()]).finally(() => clearInterval(drip));
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("ends a client that upgrades and says nothing, with words", async () => {
    const watched = await startServer({ loginWaitMs: 200 });
    const peer = await RawPeer.upgraded(watched.port);
    expect(await peer.close()).toEqual({ code: 1008, reason: "login took longer than the login wait" });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_LOGIN_TIMEOUT" } });
    await expectToServeAGoodClient(watched);
  });

  it("is shared: the login gets what the upgrade left of it (fault 10)", async () => {
    const loginWaitMs = 5000;
    let timeoutMs = Number.NaN;
    const watched = await startServer({
      loginWaitMs,
      acceptor: {
        accept(conn, options) {
          ({ timeoutMs } = options);
          return loginByName.accept(conn, options);
        },
      },
    });
    const since = performance.now();
    const peer = await RawPeer.connect(watched.port);
    // The time that passes is what is measured.
    await new Promise((resolve) => setTimeout(resolve, 300));
    peer.send(upgradeRequest(), frame(2, "alice"));
    await watched.admitted.next();
    expect(timeoutMs).toBeLessThanOrEqual(loginWaitMs - 250);
    expect(timeoutMs).toBeGreaterThanOrEqual(loginWaitMs - (performance.now() - since));
  });

  it("does not touch a client that has logged in", async () => {
    const watched = await startServer({ loginWaitMs: 300 });
    const peer = await loggedIn(watched);
    const silent = await RawPeer.connect(watched.port);
    await silent.ended();
    peer.send(frame(2, "still here"));
    expect(await watched.messages.next()).toMatchObject({ text: "still here" });
  });
});
