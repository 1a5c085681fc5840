import type { Socket } from "node:net";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { AcceptSink, Handshake, Refusal } from "../server/listener-driver.js";
import { incomingSocket } from "./incoming-socket.js";

interface PendingHandshake {
  readonly handshake: Handshake;
  /** The accepted socket itself, where TLS hides it. */
  readonly socket: Socket;
  readonly onClose: () => void;
}

/** The `Handshake`s of accepted sockets, by socket, until TLS and upgrade are done or the socket closes. */
export class PendingHandshakes {
  readonly #sink: AcceptSink;
  readonly #keyOf: (socket: Socket) => unknown;
  readonly #pending = new Map<unknown, PendingHandshake>();

  /** @param keyOf what the accepted socket has in common with the one whose handshake is done; see {@link endsOf} */
  constructor(sink: AcceptSink, keyOf: (socket: Socket) => unknown = (socket) => socket) {
    this.#sink = sink;
    this.#keyOf = keyOf;
  }

  /**
   * Reports an accepted socket to the sink.
   *
   * @param refuse tells the peer that the server takes no more connections. @default the socket is destroyed
   * @returns whether the server takes it
   */
  add(socket: Socket, refuse?: (refusal: Refusal) => void): boolean {
    const handshake = this.#sink.accepted(incomingSocket(socket, refuse));
    if (!handshake) return false;
    const key = this.#keyOf(socket);
    const onClose = () => {
      // After a reset, a new socket may have the same addresses and ports already.
      if (this.#pending.get(key)?.handshake === handshake) this.#pending.delete(key);
      handshake.failed();
    };
    this.#pending.set(key, { handshake, socket, onClose });
    socket.once("close", onClose);
    return true;
  }

  /** TLS and upgrade are done: the caller calls `done`. @returns `undefined` if the socket has closed before */
  take(socket: Socket): Handshake | undefined {
    const key = this.#keyOf(socket);
    const pending = this.#pending.get(key);
    if (!pending) return undefined;
    this.#pending.delete(key);
    pending.socket.off("close", pending.onClose);
    return pending.handshake;
  }

  /** The upgrade is refused. The caller closes the socket. */
  refuse(socket: Socket, why: RefusalReason): void {
    this.take(socket)?.failed(why);
  }
}

/** TLS hides the accepted socket behind another one: the addresses and ports of both ends identify it. */
export function endsOf(socket: Socket): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
