import type { Conn } from "@im/transport-core";
import { createWsServer, type WsDialerOptions, type WsServerOptions, wsDialer } from "../../src/index.js";
import { frame } from "./raw-frames.js";
import { RawPeer } from "./raw-peer.js";
import { dialWith, expectToServe, startWatched, type WatchedServer } from "./transport-neutral.js";

export function startServer(options: WsServerOptions = {}): Promise<WatchedServer> {
  return startWatched(createWsServer, options.server ? options : { host: "127.0.0.1", ...options });
}

export function dial(watched: Pick<WatchedServer, "server">, options: WsDialerOptions = {}): Promise<Conn> {
  return dialWith(wsDialer(options), watched);
}

export function expectToServeAGoodClient(watched: WatchedServer, options: WsDialerOptions = {}): Promise<void> {
  return expectToServe(watched, wsDialer(options));
}

/** A raw peer that has upgraded and logged in. */
export async function loggedIn({ port, admitted }: WatchedServer, id = "alice"): Promise<RawPeer> {
  const peer = await RawPeer.upgraded(port);
  peer.send(frame(2, id));
  await admitted.first((channel) => channel.id === id, `${id} among`);
  return peer;
}
