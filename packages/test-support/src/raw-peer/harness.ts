import { connect as connectSocket, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { Conn } from "@im/transport-core";
import { onTestFinished } from "vitest";
import { within } from "../recorder.js";
import { dialWith, expectToServe, startWatched, type WatchedServer } from "../watched-server.js";
import { closePayload, type RawPeer } from "./raw-peer.js";
import type { RawDialerOptions, RawServerOptions, RawServerUnderTest, RawTransport } from "./raw-transport.js";

/**
 * Starts servers of a transport, and connects raw peers and its own dialers to them. All is closed when the test ends.
 *
 * What takes a `where` connects to a port of this machine, or to the path of a Unix domain socket.
 */
export function harness<S extends RawServerOptions, D extends RawDialerOptions, P extends RawPeer>(
  transport: RawTransport<S, D, P>,
) {
  /** Starts a server, by default on a free port of 127.0.0.1. */
  function start(options: S = {} as S): Promise<WatchedServer<RawServerUnderTest>> {
    const located = options.handle ? options : transport.located(options);
    return startWatched((given: S) => transport.createServer(given), located);
  }

  /** Connects and sends nothing. */
  async function connect(where: number | string): Promise<P> {
    return transport.peerOn(await connectedSocket(where));
  }

  /** Connects a peer whose next bytes are a frame. */
  async function open(where: number | string): Promise<P> {
    const peer = await connect(where);
    peer.send(transport.opening);
    await transport.opened(peer);
    return peer;
  }

  /** Opens a peer and logs it in. */
  async function loggedIn({ port, admitted }: WatchedServer, id = "alice"): Promise<P> {
    const peer = await open(port);
    peer.send(transport.frame(2, id));
    await admitted.first((channel) => channel.id === id, `${id} among`);
    return peer;
  }

  /** Dials with the transport's own dialer, without a login. */
  function dial(watched: Pick<WatchedServer, "server">, options?: D): Promise<Conn> {
    return dialWith(transport.createDialer(options), watched);
  }

  /** A client that behaves well is let in and answered. */
  function expectToServeAGoodClient(watched: WatchedServer, options?: D): Promise<void> {
    return expectToServe(watched, transport.createDialer(options));
  }

  function closeFrame(code: number, reason?: string): Buffer {
    return transport.frame(8, closePayload(code, reason));
  }

  /** What a peer does that has read a Close: answers it, where the transport asks for that. */
  function answerClose(peer: P, code: number): void {
    if (transport.answersClose) peer.send(closeFrame(code));
  }

  return { start, connect, open, loggedIn, dial, expectToServeAGoodClient, closeFrame, answerClose };
}

/**
 * A socket that is connected, and whose side stays open when the other side ends.
 *
 * @param localAddress where it connects from. @default chosen by the system
 */
export async function connectedSocket(where: number | string, localAddress?: string): Promise<Socket> {
  const from = localAddress === undefined ? {} : { localAddress };
  const target = typeof where === "number" ? { port: where, host: "127.0.0.1", ...from } : { path: where };
  const socket = connectSocket({ ...target, allowHalfOpen: true, noDelay: true });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "a raw socket to connect");
  return socket;
}

/** Begins a TLS handshake on a connected socket; bytes written before it is done are sent after it. */
export function secured(socket: Socket, ca: string): TLSSocket {
  return securedBy(socket, { ca });
}

export function securedBy(socket: Socket, options: ConnectionOptions): TLSSocket {
  return connectTls({ socket, servername: "localhost", ...options }).on("error", () => {});
}

/** What a dialer is asked for. */
export const context = (address: string) => ({ id: "", name: "", address, timeoutMs: 5000 });
