import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { createCertificate } from "@im/transport-compliance/certificate";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { wsDialer } from "../src/index.js";
import { frame } from "./support/raw-frames.js";
import { RawPeer, upgradeRequest } from "./support/raw-peer.js";
import { loginByName, Recorder, within } from "./support/transport-neutral.js";
import { dial, expectToServeAGoodClient, startServer } from "./support/ws-server.js";

let tls: { key: string; cert: string };
let client: { tls: { ca: string } };

beforeAll(async () => {
  tls = await createCertificate();
  client = { tls: { ca: tls.cert } };
});

const context = (address: string) => ({ id: "", name: "", address, timeoutMs: 5000 });

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "a connection");
  return socket;
}

describe("a server with TLS", () => {
  it("serves clients that know its certificate", async () => {
    const watched = await startServer({ tls });
    expect(watched.server.dialUrl).toBe(`wss://127.0.0.1:${watched.port}/`);
    await expectToServeAGoodClient(watched, client);
  });

  it("gives the login what both handshakes left of the login wait, and keeps a glued frame (faults 9 and 10)", async () => {
    const loginWaitMs = 5000;
    let timeoutMs = Number.NaN;
    const watched = await startServer({
      tls,
      loginWaitMs,
      acceptor: {
        accept(conn, options) {
          ({ timeoutMs } = options);
          return loginByName.accept(conn, options);
        },
      },
    });
    const socket = await connected(watched.port);
    // The time that passes is what is measured.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const secured = connectTls({ socket, ca: tls.cert, servername: "localhost" });
    secured.write(Buffer.concat([upgradeRequest(), frame(2, "alice"), frame(2, "glued")]));
    expect(await watched.messages.next()).toMatchObject({ id: "alice", text: "glued" });
    expect(timeoutMs).toBeLessThanOrEqual(loginWaitMs - 250);
  });

  it("does not process an upgrade sent in the same chunk as a request that is refused", async () => {
    const refused = new Recorder<string>("refusals");
    const watched = await startServer({ tls, hooks: { refused: (why) => refused.add(why) } });
    const secured = connectTls({ socket: await connected(watched.port), ca: tls.cert, servername: "localhost" });
    secured.write(Buffer.concat([Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), upgradeRequest()]));
    const response = await within(text(secured), "the end of the connection");
    expect(response).toMatch(/^HTTP\/1\.1 426 /);
    expect(response).not.toContain("HTTP/1.1 101");
    expect(await refused.next()).toBe("handshake");
  });

  it("cuts a TLS handshake that never finishes at the login wait", async () => {
    const watched = await startServer({ tls, loginWaitMs: 200 });
    const silent = await RawPeer.connect(watched.port);
    const dripping = await RawPeer.connect(watched.port);
    const drip = setInterval(() => dripping.send(Uint8Array.of(0x16)), 20);
    await Promise.all([silent.ended(), dripping.ended()]).finally(() => clearInterval(drip));
    await expectToServeAGoodClient(watched, client);
  });

  it("cuts a client that speaks plain HTTP, with no report", async () => {
    const watched = await startServer({ tls });
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest(), frame(2, "alice"));
    await peer.ended();
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched, client);
  });

  it("survives a reset in the middle of the handshake", async () => {
    const watched = await startServer({ tls });
    const socket = await connected(watched.port);
    socket.write(Buffer.from("1603010200", "hex"));
    socket.resetAndDestroy();
    await expectToServeAGoodClient(watched, client);
    expect(watched.errors.all).toEqual([]);
  });

  it("may wait for logins for ever", async () => {
    const watched = await startServer({ tls, loginWaitMs: Number.POSITIVE_INFINITY });
    await expectToServeAGoodClient(watched, client);
  });

  it("cuts handshakes that are under way when it shuts down", async () => {
    const watched = await startServer({ tls });
    const silent = await RawPeer.connect(watched.port);
    const conn = await dial(watched, client);
    await within(Promise.all([watched.server.shutdown(), conn.closed]), "the end of shutdown");
    await silent.ended();
  });
});

describe("a dialer with TLS", () => {
  it("refuses a certificate that nobody vouches for with IM_ERR_HANDSHAKE", async () => {
    const watched = await startServer({ tls });
    await expect(wsDialer().dialAndHandshake(context(watched.server.dialUrl))).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    await expectToServeAGoodClient(watched, client);
  });

  it("refuses the certificate of somebody else with IM_ERR_HANDSHAKE", async () => {
    const { server } = await startServer({ tls });
    const dialer = wsDialer({ tls: { ...client.tls, servername: "example.org" } });
    await expect(dialer.dialAndHandshake(context(server.dialUrl))).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  it("fails with IM_ERR_HANDSHAKE on a server without TLS, which survives", async () => {
    const watched = await startServer();
    await expect(wsDialer(client).dialAndHandshake(context(`wss://127.0.0.1:${watched.port}`))).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
    });
    await expectToServeAGoodClient(watched);
  });
});
