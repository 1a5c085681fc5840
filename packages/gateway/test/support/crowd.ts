import { PacketPeer } from "./packet-peer.js";
import type { Started } from "./started-gateway.js";

/** Signs in `count` users named `user-0` and so on, half on ws and half on tcp, fifty at a time. */
export async function signInCrowd(
  { ws, tcp }: Pick<Started, "ws" | "tcp">,
  count: number,
): Promise<readonly PacketPeer[]> {
  const peers: PacketPeer[] = [];
  while (peers.length < count) {
    const batch = Math.min(50, count - peers.length);
    const names = Array.from({ length: batch }, (_, index) => peers.length + index);
    peers.push(...(await Promise.all(names.map((name) => PacketPeer.signIn(name % 2 ? ws : tcp, `user-${name}`)))));
  }
  return peers;
}
