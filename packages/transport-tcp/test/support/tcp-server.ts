import type { Conn } from "@im/transport-core";
import { createTcpServer, type TcpDialerOptions, type TcpServerOptions, tcpDialer } from "../../src/index.js";
import { frame, RawPeer } from "./raw-peer.js";
import { dialWith, expectToServe, startWatched, type WatchedServer } from "./watched-server.js";

export function startServer(options: TcpServerOptions = {}): Promise<WatchedServer> {
  return startWatched(createTcpServer, options.path === undefined ? { host: "127.0.0.1", ...options } : options);
}

export function dial(watched: Pick<WatchedServer, "server">, options: TcpDialerOptions = {}): Promise<Conn> {
  return dialWith(tcpDialer(options), watched);
}

export function expectToServeAGoodClient(watched: WatchedServer, options: TcpDialerOptions = {}): Promise<void> {
  return expectToServe(watched, tcpDialer(options));
}

/** A raw peer whose login is done. */
export async function loggedIn({ port, admitted }: WatchedServer, id = "alice"): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  peer.send(frame(2, id));
  await admitted.first((channel) => channel.id === id, `${id} among`);
  return peer;
}
