import type { IncomingMessage } from "node:http";
import { within } from "@im/test-support/recorder";
import { loginByName } from "@im/test-support/watched-server";
import { describe, expect, it } from "vitest";
import { closeFrame, frame } from "./support/raw-frames.js";
import { connect, expectToServeAGoodClient, open, start, upgraded, upgradeRequest } from "./support/raw-ws.js";

describe("an upgrade", () => {
  it("on any path and from any origin is taken, as kim does", async () => {
    const { port } = await start();
    for (const path of ["/", "/some/where?token=1", "/%zz"]) await upgraded(port, path);
    const peer = await connect(port);
    peer.send(upgradeRequest("/", { Origin: "https://elsewhere.example" }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("is answered with the key of RFC 6455, and no extension even if one is offered", async () => {
    const { port } = await start();
    const peer = await connect(port);
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
    const { port } = await start({ protocols });
    const peer = await connect(port);
    peer.send(upgradeRequest("/", { "Sec-WebSocket-Protocol": offered }));
    const head = await peer.head();
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(/Sec-WebSocket-Protocol: (.*)/i.exec(head)?.[1]).toBe(agreed);
  });

  it("on another path than ours gets 404, and the connection is closed even if the client does nothing", async () => {
    const watched = await start({ path: "/im" });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/other"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 404 Not Found/);
    await peer.ended();
    await within(new Promise((resolve) => peer.socket.once("close", resolve).end()), "the socket to close");
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("on another path than ours, by clients that reset at once, ends nothing but their connections", async () => {
    const watched = await start({ path: "/im" });
    const peers = await Promise.all(Array.from({ length: 20 }, () => connect(watched.port)));
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
    const { port } = await start({ path });
    const peer = await connect(port);
    peer.send(upgradeRequest(target));
    expect(await peer.head()).toContain(`HTTP/1.1 ${status} `);
  });

  it("on a path of any letters is taken, as the server's own dialUrl has it", async () => {
    const watched = await start({ path: "/чат/a b" });
    expect(watched.server.dialUrl).toBe(`ws://127.0.0.1:${watched.port}/%D1%87%D0%B0%D1%82/a%20b`);
    await expectToServeAGoodClient(watched);
  });

  it("on our path is taken with a query too", async () => {
    const { port, server } = await start({ path: "/im" });
    expect(server.dialUrl).toBe(`ws://127.0.0.1:${port}/im`);
    await upgraded(port, "/im?token=1");
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
  ])("%s gets 400, is counted as a refusal, and harms no other", async (_, headers) => {
    const refused: string[] = [];
    const watched = await start({ hooks: { refused: (why) => refused.push(why) } });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/", headers));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
    await peer.ended();
    expect(watched.errors.all).toEqual([]);
    peer.socket.end();
    await expectToServeAGoodClient(watched);
    expect(refused).toEqual(["handshake"]);
  });

  it("with a body that comes at once gets 400, and the end of it does no harm", async () => {
    const watched = await start();
    for (const body of [Buffer.from("x"), Buffer.alloc(200_000)]) {
      const peer = await connect(watched.port);
      peer.send(upgradeRequest("/", { "Content-Length": `${body.length}` }), body);
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
      expect(await peer.ended()).toBe("end");
    }
    await expectToServeAGoodClient(watched);
  });

  it("by HTTP/1.0 gets 400, by another method than GET 405 and which one is allowed", async () => {
    const { port } = await start();
    const ask = async (change: (request: string) => string) => {
      const peer = await connect(port);
      peer.send(Buffer.from(change(upgradeRequest().toString())));
      return peer.head();
    };
    expect(await ask((request) => request.replace("HTTP/1.1", "HTTP/1.0"))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask((request) => request.replace("GET", "POST"))).toMatch(/^HTTP\/1\.1 405 .*\r\nAllow: GET(\r\n|$)/s);
  });

  it.each(["8", "7", "12", "14", "013", undefined])(
    "to version %s gets 426, and the one that we speak",
    async (version) => {
      const { port } = await start({ origins: ["https://chat.example"] });
      const peer = await connect(port);
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
    const { port } = await start();
    const peer = await connect(port);
    peer.send(upgradeRequest("/", { Upgrade: offers, "Content-Length": "0" }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("that is no HTTP at all gets 400", async () => {
    const watched = await start();
    const peer = await connect(watched.port);
    peer.send(frame(2, "login"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
    await peer.ended();
    await expectToServeAGoodClient(watched);
  });
});

describe("a plain HTTP request", () => {
  it("gets 426 and what to do, and the connection is closed", async () => {
    const watched = await start();
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
    const watched = await start({ path: "/im", hooks, verifyUpgrade });
    const peer = await connect(watched.port);
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

describe("a frame in the same chunk as the upgrade request", () => {
  it("may break the protocol: no other connection notices", async () => {
    const watched = await start();
    const peer = await connect(watched.port);
    peer.send(upgradeRequest(), frame(3, "hi"));
    expect(await peer.close()).toMatchObject({ code: 1002 });
    await expectToServeAGoodClient(watched);
  });
});

describe("the login wait", () => {
  it("ends an upgrade that never begins, and one that never ends, however busy (fault 10)", async () => {
    const watched = await start({ loginWaitMs: 200 });
    const silent = await connect(watched.port);
    const dripping = await connect(watched.port);
    dripping.send(upgradeRequest().subarray(0, -2));
    const drip = setInterval(() => dripping.send(Buffer.from("X: y\r\n")), 20);
    await Promise.all([silent.ended(), dripping.ended()]).finally(() => clearInterval(drip));
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("is shared: the login gets what the upgrade left of it (fault 10)", async () => {
    const loginWaitMs = 5000;
    let timeoutMs = Number.NaN;
    const watched = await start({
      loginWaitMs,
      acceptor: {
        accept(conn, options) {
          ({ timeoutMs } = options);
          return loginByName.accept(conn, options);
        },
      },
    });
    const since = performance.now();
    const peer = await connect(watched.port);
    // The time that passes is what is measured.
    await new Promise((resolve) => setTimeout(resolve, 300));
    peer.send(upgradeRequest(), frame(2, "alice"));
    await watched.admitted.next();
    expect(timeoutMs).toBeLessThanOrEqual(loginWaitMs - 250);
    expect(timeoutMs).toBeGreaterThanOrEqual(loginWaitMs - (performance.now() - since) - 2);
  });
});

it("an upgrade that is under way is cut by shutdown, which waits for the Closes of others", async () => {
  const watched = await start();
  const silent = await connect(watched.port);
  const peer = await open(watched.port);
  const report = watched.server.shutdown();
  expect(await peer.close()).toEqual({ code: 1001, reason: "the server is shutting down" });
  peer.send(closeFrame(1001));
  peer.hangUp();
  await silent.ended();
  expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
  expect(watched.disconnects.all).toEqual([]);
});
