import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { RawPeer, upgradeAnswer } from "./raw-peer.js";
import { Recorder } from "./transport-neutral.js";

/** A server that speaks bytes and does only what the test says. */
export interface RawServer {
  readonly url: string;
  /** Each connection, once its request head is there. */
  readonly peers: Recorder<RawPeer>;
  /** How many sockets are open: those whose client has not hung up. */
  openSockets(): number;
  /** Resolves when none is. */
  empty(): Promise<void>;
}

export async function startRawServer(): Promise<RawServer> {
  const peers = new Recorder<RawPeer>("clients of the raw server");
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      peers.wake();
    });
    const peer = new RawPeer(socket);
    // Who never sends a head is none of the peers.
    peer.head().then(
      () => peers.add(peer),
      () => {},
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    peers,
    openSockets: () => sockets.size,
    empty: () => peers.until(() => sockets.size === 0, "the last"),
  };
}

/** The answer that agrees to the upgrade request of this client. */
export async function agreeing(peer: RawPeer): Promise<Buffer> {
  return upgradeAnswer(/^Sec-WebSocket-Key: (.*)$/im.exec(await peer.head())![1]!.trim());
}
