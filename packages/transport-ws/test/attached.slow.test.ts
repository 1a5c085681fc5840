import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect as connectSocket, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duplexPair, Readable } from "node:stream";
import { createCertificate } from "@im/test-support/certificate";
import { Recorder, within } from "@im/test-support/recorder";
import { describe, expect, it, onTestFinished } from "vitest";
import { createWsServer } from "../src/index.js";
import { frame } from "./support/raw-frames.js";
import { connect, dial, expectToServeAGoodClient, start, upgraded, upgradeRequest } from "./support/raw-ws.js";

/** A server of somebody's own, which answers plain requests. */
async function ownServer(server: Server = createServer()): Promise<Server> {
  server.on("request", (_request, response) => void response.end("own page"));
  await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const ownPage = async (server: Server) => (await fetch(`http://127.0.0.1:${portOf(server)}/`)).text();

describe("attached to a given HTTP server", () => {
  it("takes its upgrades, and leaves its requests alone", async () => {
    const own = await ownServer();
    const watched = await start({ server: own });
    expect(watched.server.address).toEqual({ host: "127.0.0.1", port: portOf(own) });
    expect(watched.server.dialUrl).toBe(`ws://127.0.0.1:${portOf(own)}/`);
    await expectToServeAGoodClient(watched);
    expect(await ownPage(own)).toBe("own page");
  });

  it("closes its connections at shutdown, and leaves the given server open", async () => {
    const own = await ownServer();
    const watched = await start({ server: own });
    const conn = await dial(watched);
    const [report] = await within(Promise.all([watched.server.shutdown(), conn.closed]), "the end of shutdown");
    expect(report).toEqual({ clean: 1, cut: 0 });
    expect(own.listening).toBe(true);
    expect(own.listenerCount("upgrade")).toBe(0);
    expect(await ownPage(own)).toBe("own page");
  });

  it("that does not listen yet is IM_ERR_LISTEN, and start may be called again", async () => {
    const own = createServer();
    const server = createWsServer({ server: own, messageListener: { receive() {} } });
    await expect(server.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN" });
    expect(own.listenerCount("upgrade")).toBe(0);
    await listen(own);
    await server.start();
    expect(server.address.port).toBe(portOf(own));
    await server.shutdown();
    own.close();
  });

  it("two servers share it by their paths, and another upgrade listener has the rest", async () => {
    const own = await ownServer();
    const chat = await start({ server: own, path: "/chat" });
    const game = await start({ server: own, path: "/game" });
    own.on("upgrade", ({ url }, socket: Socket) => {
      if (url === "/other") socket.end("HTTP/1.1 418 Somebody else\r\n\r\n");
    });
    const inChat = await upgraded(chat.port, "/chat");
    const inGame = await upgraded(game.port, "/game");
    const other = await connect(chat.port);
    inChat.send(frame(2, "alice"), frame(2, "to chat"));
    inGame.send(frame(2, "alice"), frame(2, "to game"));
    other.send(upgradeRequest("/other"));
    expect(await chat.messages.next()).toMatchObject({ text: "to chat" });
    expect(await game.messages.next()).toMatchObject({ text: "to game" });
    expect(await other.head()).toMatch(/^HTTP\/1\.1 418 /);
    expect(chat.messages.all).toHaveLength(1);
  });

  it("two servers cannot have the same path: the first has it, and the second says so", async () => {
    const own = await ownServer();
    const first = await start({ server: own });
    const second = await start({ server: own });
    const peer = await upgraded(first.port);
    peer.send(frame(2, "alice"), frame(2, "hello"));
    expect(await first.messages.next()).toMatchObject({ text: "hello" });
    expect(await second.errors.next()).toMatchObject({ during: "upgrade", error: { code: "IM_ERR_INVALID_OPTION" } });
    expect(second.messages.all).toEqual([]);
    expect(await within(second.server.shutdown(), "the shutdown of the second")).toEqual({ clean: 0, cut: 0 });
  });

  it("answers 404 to another path if no other listener takes upgrades, and closes even if the client does nothing", async () => {
    const own = await ownServer();
    const watched = await start({ server: own, path: "/im" });
    const closed = new Promise((resolve) => {
      own.on("connection", (socket) => socket.once("close", resolve));
    });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/other"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 404 /);
    await within(closed, "the server's side of the socket to close");
    await expectToServeAGoodClient(watched);
  });

  it("answers 404 once to a path that none of several servers has, and survives the asker's reset", async () => {
    const own = await ownServer();
    const chat = await start({ server: own, path: "/chat" });
    await start({ server: own, path: "/game" });
    const peer = await connect(chat.port);
    peer.send(upgradeRequest("/other"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 404 /);
    const rude = await connect(chat.port);
    rude.send(upgradeRequest("/other"));
    rude.reset();
    await expectToServeAGoodClient(chat);
  });

  it.each([
    ["a body to come", { "Content-Length": "1" }],
    ["another version", { "Sec-WebSocket-Version": "8" }],
  ])("refuses an upgrade of its path with %s, counts it, and lives on", async (_, headers) => {
    const refused: string[] = [];
    const watched = await start({ server: await ownServer(), hooks: { refused: (why) => refused.push(why) } });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/", headers));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 4(00|26) /);
    await peer.ended();
    await expectToServeAGoodClient(watched);
    expect(refused).toEqual(["handshake"]);
  });

  it("leaves an upgrade with a body alone that is for another listener, and survives the client's reset", async () => {
    const own = await ownServer();
    const watched = await start({ server: own, path: "/im" });
    const other = new Recorder<string>("upgrades for somebody else");
    own.on("upgrade", ({ url }, stream) => {
      other.add(url!);
      if (url === "/other") stream.end("HTTP/1.1 418 Somebody else\r\n\r\n");
    });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/other", { "Content-Length": "1" }), Buffer.from("x"));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 418 /);
    const rude = await connect(watched.port);
    rude.send(upgradeRequest("/rude", { "Content-Length": "9" }));
    await other.first((url) => url === "/rude", "/rude among");
    rude.reset();
    await expectToServeAGoodClient(watched);
  });

  it("leaves upgrades to other protocols to that server, on its own path too", async () => {
    const own = await ownServer();
    const watched = await start({ server: own });
    const alone = await connect(watched.port);
    alone.send(upgradeRequest("/", { Upgrade: "h2c" }));
    expect(await alone.head()).toMatch(/^HTTP\/1\.1 400 /);
    own.on("upgrade", ({ headers }, stream) => {
      if (headers.upgrade === "h2c") stream.end("HTTP/1.1 418 Somebody else\r\n\r\n");
    });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/", { Upgrade: "h2c" }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 418 /);
    await expectToServeAGoodClient(watched);
  });

  it.runIf("shouldUpgradeCallback" in createServer())(
    "leaves that server its shouldUpgradeCallback: a plain request that offers h2c gets its page",
    async () => {
      const shouldUpgradeCallback = ({ headers }: IncomingMessage) => headers.upgrade !== "h2c";
      const own = await ownServer(createServer({ shouldUpgradeCallback } as ServerOptions));
      const watched = await start({ server: own });
      const peer = await connect(watched.port);
      peer.send(upgradeRequest("/", { Upgrade: "h2c", Connection: "Upgrade, close" }));
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 200 /);
      expect(await peer.body()).toContain("own page");
      await expectToServeAGoodClient(watched);
    },
  );

  it("cuts an upgrade that no listener has answered at the login wait, and leaves one that was answered", async () => {
    const own = await ownServer();
    // Answers before we are asked, and before we are there.
    own.on("upgrade", ({ url }, stream) => {
      if (url === "/answered") stream.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    });
    const watched = await start({ server: own, path: "/im", loginWaitMs: 200 });
    const answered = await connect(watched.port);
    answered.send(upgradeRequest("/answered"));
    await answered.head();
    const ignored = await connect(watched.port);
    ignored.send(upgradeRequest("/nobody"));
    await ignored.ended();
    expect(answered.socket.readyState).toBe("open");
    const after = await connect(watched.port);
    after.send(upgradeRequest("/nobody"));
    await after.ended();
    expect(answered.socket.readyState).toBe("open");
  });

  it("is given its connections as streams that are no sockets", async () => {
    const own = await ownServer();
    const watched = await start({ server: own });
    const [near, far] = duplexPair();
    own.emit("connection", far);
    const answer = new Recorder<string>("bytes from the server");
    near.on("data", (chunk) => answer.add(String(chunk)));
    near.write(Buffer.concat([upgradeRequest(), frame(2, "alice"), frame(2, "hello")]));
    expect(await answer.next()).toMatch(/^HTTP\/1\.1 101 /);
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "hello" });
    near.destroy();
  });

  it.skipIf(process.platform === "win32")(
    "on a Unix domain socket has no dialUrl, but the one of a public address",
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "im-"));
      onTestFinished(() => rm(directory, { recursive: true, force: true }));
      const path = join(directory, "http.sock");
      const own = createServer();
      await new Promise<void>((resolve) => own.listen(path, resolve));
      onTestFinished(() => void own.close());
      const { server } = await start({ server: own });
      expect(server.address).toEqual({ host: path, port: 0 });
      expect(server.dialUrl).toBe("");
      const service = { publicAddress: "chat.example", publicPort: 8443 };
      const named = await start({ server: own, path: "/im", service });
      expect(named.server.dialUrl).toBe("ws://chat.example:8443/im");
    },
  );

  it("ends an upgraded client that sends nothing at the login wait", async () => {
    const watched = await start({ server: await ownServer(), loginWaitMs: 200 });
    const peer = await upgraded(watched.port);
    expect(await peer.close()).toMatchObject({ code: 1008 });
    await expectToServeAGoodClient(watched);
  });

  it("keeps frames that arrive in the same chunk as the upgrade request", async () => {
    const watched = await start({ server: await ownServer() });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest(), frame(2, "alice"), frame(2, "glued"));
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "glued" });
  });

  it.each([
    ["for it", "/chat"],
    ["for nothing", "/other"],
  ])("does not process an upgrade %s that is sent before earlier responses, which all leave", async (_for, path) => {
    const large = "a".repeat(4 * 1024 * 1024);
    const asked = new Recorder<ServerResponse>("plain requests");
    const own = createServer((_request, response) => asked.add(response));
    await listen(own);
    onTestFinished(() => void own.close());
    const watched = await start({ server: own, path: "/chat" });
    const peer = await connect(watched.port);
    const plain = Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    peer.send(plain, plain, upgradeRequest(path), frame(2, "alice"));
    const [first, second] = [await asked.next(), await asked.next()];
    second.end("second");
    // More than the system takes at once.
    Readable.from([large, "last of the first"]).pipe(first);
    const body = await peer.body();
    expect(body).toMatch(/last of the first.*\r\n\r\nHTTP\/1\.1 200 OK\r\n.*\r\n\r\nsecond$/s);
    expect(body).not.toMatch(/HTTP\/1\.1 (101|404)/);
    await expectToServeAGoodClient(watched);
  });

  it("does not process an upgrade sent behind a response that closes the connection", async () => {
    const own = createServer((_request, response) => void response.setHeader("Connection", "close").end("bye"));
    await listen(own);
    onTestFinished(() => void own.close());
    const watched = await start({ server: own });
    const peer = await connect(watched.port);
    peer.send(Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), upgradeRequest());
    expect(await peer.body()).toBe("bye");
  });

  it("takes an upgrade on a connection that has had the response to an earlier request", async () => {
    const own = await ownServer();
    const watched = await start({ server: own });
    const socket = connectSocket(watched.port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    const received = new Recorder<string>("chunks from the server");
    socket.on("data", (chunk) => received.add(String(chunk)));
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await received.first((text) => text.endsWith("own page"), "response");
    socket.write(Buffer.concat([upgradeRequest(), frame(2, "alice"), frame(2, "hello")]));
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "hello" });
  });

  it("refuses a bad upgrade with 400", async () => {
    const watched = await start({ server: await ownServer() });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/", { "Sec-WebSocket-Key": "short" }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
    await peer.ended();
    await expectToServeAGoodClient(watched);
  });

  it("survives a client that resets after its upgrade request", async () => {
    const watched = await start({ server: await ownServer() });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest());
    peer.reset();
    await expectToServeAGoodClient(watched);
  });

  it("that speaks TLS is dialled by wss", async () => {
    const { key, cert } = await createCertificate();
    const own = await ownServer(createHttpsServer({ key, cert }));
    const watched = await start({ server: own });
    expect(watched.server.dialUrl).toBe(`wss://127.0.0.1:${portOf(own)}/`);
    await expectToServeAGoodClient(watched, { tls: { ca: cert } });
  });
});
