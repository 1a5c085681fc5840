import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type TLSSocket, type TlsOptions } from "node:tls";
import { createCertificate } from "@im/transport-compliance/certificate";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { tcpDialer } from "../src/index.js";
import { frame, RawPeer } from "./support/raw-peer.js";
import { Recorder, within } from "./support/recorder.js";
import { dial, expectToServeAGoodClient, startServer } from "./support/tcp-server.js";
import { loginByName } from "./support/watched-server.js";

let tls: { key: string; cert: string };
let client: { tls: { ca: string } };

beforeAll(async () => {
  tls = await createCertificate();
  client = { tls: { ca: tls.cert } };
});

const context = (address: string) => ({ id: "", name: "", address, timeoutMs: 5000 });

/** Shakes hands on a connection that is there. */
async function secure(socket: Socket): Promise<TLSSocket> {
  const secured = connectTls({ socket, ca: tls.cert, servername: "localhost" });
  await within(new Promise<void>((resolve) => secured.once("secureConnect", resolve)), "the TLS handshake");
  return secured;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "a connection");
  return socket;
}

describe("a server with TLS", () => {
  it("serves clients that know its certificate", async () => {
    const watched = await startServer({ tls });
    expect(watched.server.dialUrl).toBe(`tls://127.0.0.1:${watched.port}`);
    await expectToServeAGoodClient(watched, client);
  });

  it("is dialled by host:port too, if the dialer has TLS options", async () => {
    const watched = await startServer({ tls });
    const conn = await tcpDialer(client).dialAndHandshake(context(`localhost:${watched.port}`));
    await conn.close();
  });

  it("hears which name was dialled (SNI), which an address is not", async () => {
    const names = new Recorder<string>("names that clients ask for");
    const SNICallback: TlsOptions["SNICallback"] = (name, found) => {
      names.add(name);
      found(null, createSecureContext(tls));
    };
    const { port } = await startServer({ tls: { ...tls, SNICallback } });
    for (const address of [`127.0.0.1:${port}`, `tls://localhost:${port}`]) {
      await (await tcpDialer(client).dialAndHandshake(context(address))).close();
    }
    const other = tcpDialer({ tls: { ...client.tls, servername: "other", checkServerIdentity: () => undefined } });
    await (await other.dialAndHandshake(context(`localhost:${port}`))).close();
    expect(names.all).toEqual(["localhost", "other"]);
  });

  it("keeps a frame that comes glued to the handshake (fault 9)", async () => {
    const { port, messages } = await startServer({ tls });
    const secured = await secure(await connected(port));
    secured.write(Buffer.concat([frame(2, "alice"), frame(2, "glued")]));
    expect(await messages.next()).toMatchObject({ id: "alice", text: "glued" });
  });

  it("cuts a client that speaks plain frames, with no report: it never was a connection", async () => {
    const watched = await startServer({ tls });
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "alice"), frame(2, "hello"));
    expect(await peer.framesUntilEnd()).toEqual([]);
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched, client);
  });

  it.each([
    ["a reset", (socket: Socket) => void socket.resetAndDestroy()],
    ["FIN", (socket: Socket) => void socket.end()],
  ])("survives %s in the middle of the handshake", async (_, leave) => {
    const watched = await startServer({ tls });
    const socket = await connected(watched.port);
    // The beginning of a ClientHello.
    socket.write(Buffer.from("160301020001000", "hex"));
    leave(socket);
    await expectToServeAGoodClient(watched, client);
    expect(watched.errors.all).toEqual([]);
  });

  it("cuts a handshake that never finishes at the login wait", async () => {
    const watched = await startServer({ tls, loginWaitMs: 200 });
    const silent = await RawPeer.connect(watched.port);
    const dripping = await RawPeer.connect(watched.port);
    const drip = setInterval(() => dripping.send(Uint8Array.of(0x16)), 20);
    await Promise.all([silent.ended(), dripping.ended()]).finally(() => clearInterval(drip));
    await expectToServeAGoodClient(watched, client);
  });

  it("gives the login what the handshake left of the login wait (fault 10)", async () => {
    const loginWaitMs = 5000;
    let timeoutMs = Number.NaN;
    const { port, admitted } = await startServer({
      tls,
      loginWaitMs,
      acceptor: {
        accept(conn, options) {
          ({ timeoutMs } = options);
          return loginByName.accept(conn, options);
        },
      },
    });
    const since = performance.now();
    const socket = await connected(port);
    // The time that passes is what is measured.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const secured = await secure(socket);
    secured.write(frame(2, "alice"));
    await admitted.next();
    expect(timeoutMs).toBeLessThanOrEqual(loginWaitMs - 250);
    expect(timeoutMs).toBeGreaterThanOrEqual(loginWaitMs - (performance.now() - since));
  });

  it("may wait for logins for ever", async () => {
    const watched = await startServer({ tls, loginWaitMs: Number.POSITIVE_INFINITY });
    await expectToServeAGoodClient(watched, client);
  });

  it("cuts handshakes that are under way when it shuts down", async () => {
    const { server, port } = await startServer({ tls });
    const peer = await RawPeer.connect(port);
    const half = await connected(port);
    half.on("error", () => {}).write(Buffer.from("1603010200", "hex"));
    const ended = new Promise((resolve) => half.once("close", resolve));
    // A good client that came later is served: the server has seen the two.
    const conn = await dial({ server }, client);
    await Promise.all([server.shutdown(), conn.closed]);
    expect(await peer.framesUntilEnd()).toEqual([]);
    await within(ended, "the end of the half-finished handshake");
  });
});

describe("a dialer with TLS", () => {
  it("refuses a certificate that nobody vouches for with IM_ERR_HANDSHAKE", async () => {
    const watched = await startServer({ tls });
    await expect(tcpDialer().dialAndHandshake(context(watched.server.dialUrl))).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    await expectToServeAGoodClient(watched, client);
    expect(watched.admitted.all).toHaveLength(1);
  });

  it("refuses the certificate of somebody else with IM_ERR_HANDSHAKE", async () => {
    const { server } = await startServer({ tls });
    const dialer = tcpDialer({ tls: { ...client.tls, servername: "example.org" } });
    await expect(dialer.dialAndHandshake(context(server.dialUrl))).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  it("fails with IM_ERR_HANDSHAKE on a server without TLS, which survives", async () => {
    const watched = await startServer();
    await expect(tcpDialer(client).dialAndHandshake(context(`tls://127.0.0.1:${watched.port}`))).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
    });
    await expectToServeAGoodClient(watched);
  });

  it("gives up on a server that never answers the handshake at its time limit, and leaves no socket", async () => {
    const closed: Promise<unknown>[] = [];
    const silent = createServer((socket) => {
      socket.resume();
      closed.push(once(socket, "close"));
    }).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const dialling = tcpDialer(client).dialAndHandshake({ ...context(`tls://127.0.0.1:${port}`), timeoutMs: 100 });
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_DIAL_TIMEOUT" });
    expect(await within(Promise.all(closed), "the end of the socket")).toHaveLength(1);
    silent.close();
  });
});

describe("an echo over TLS", () => {
  it("waits for nobody: the hook blocked is not called while the peer takes all", async () => {
    let blocked = 0;
    const watched = await startServer({
      tls,
      hooks: { blocked: () => void blocked++ },
      messageListener: { receive: (agent, payload) => void agent.push(payload) },
    });
    const conn = await dial(watched, client);
    onTestFinished(() => conn.destroy());
    for (let i = 0; i < 20; i++) {
      conn.writeFrame(2, Buffer.from(`${i}`));
      conn.flush();
      if (i > 0) expect(Buffer.from((await within(conn.readFrame(), "the echo")).payload).toString()).toBe(`${i}`);
    }
    expect(blocked).toBe(0);
  });
});
