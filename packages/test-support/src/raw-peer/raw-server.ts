import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { Recorder } from "../recorder.js";
import type { RawPeer } from "./raw-peer.js";

/** A server that sends bytes and does only what the test says. */
export interface RawServer<P extends RawPeer> {
  readonly port: number;
  /** Each connection, as it is accepted. */
  readonly peers: Recorder<P>;
  /** How many sockets are open: those whose client has not closed. */
  openSockets(): number;
  /** Resolves when none is. */
  empty(): Promise<void>;
}

export async function startRawServer<P extends RawPeer>(peerOn: (socket: Socket) => P): Promise<RawServer<P>> {
  const peers = new Recorder<P>("clients of the raw server");
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      peers.wake();
    });
    peers.add(peerOn(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return {
    port: (server.address() as { port: number }).port,
    peers,
    openSockets: () => sockets.size,
    empty: () => peers.until(() => sockets.size === 0, "the end of the last"),
  };
}
