import type { Socket } from "node:net";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { AcceptSink, Handshake, Refusal } from "../server/listener-driver.js";

interface PendingHandshake {
  readonly handshake: Handshake;
  /** The accepted socket itself, where TLS hides it. */
  readonly socket: Socket;
  readonly onClose: () => void;
}

/**
 * For listeners whose sockets do not speak frames at once: keeps the `Handshake` of each accepted socket until it
 * is done, so that handshake and login share one login wait.
 */
export class PendingHandshakes {
  readonly #sink: AcceptSink;
  readonly #keyOf: (socket: Socket) => unknown;
  readonly #pending = new Map<unknown, PendingHandshake>();

  /** @param keyOf what is the same for the socket that was accepted and the one whose handshake is done; see {@link endsOf} */
  constructor(sink: AcceptSink, keyOf: (socket: Socket) => unknown = (socket) => socket) {
    this.#sink = sink;
    this.#keyOf = keyOf;
  }

  /**
   * A socket was accepted.
   *
   * @param refuse tells a peer that is one too many; without it the socket is destroyed
   * @returns whether the server takes it
   */
  add(socket: Socket, refuse?: (refusal: Refusal) => void): boolean {
    const handshake = this.#accepted(socket, refuse);
    if (!handshake) return false;
    const key = this.#keyOf(socket);
    const onClose = () => {
      // The addresses and ports of one that was reset may be those of the next already.
      if (this.#pending.get(key)?.handshake === handshake) this.#pending.delete(key);
      handshake.failed();
    };
    this.#pending.set(key, { handshake, socket, onClose });
    socket.once("close", onClose);
    return true;
  }

  /** The handshake is done. A socket that another server accepted is reported to the sink now. */
  take(socket: Socket): Handshake | undefined {
    return this.#remove(socket) ?? this.#accepted(socket);
  }

  /** The handshake was refused. The caller closes the socket. */
  giveUp(socket: Socket, why: RefusalReason): void {
    this.#remove(socket)?.failed(why);
  }

  #remove(socket: Socket): Handshake | undefined {
    const key = this.#keyOf(socket);
    const pending = this.#pending.get(key);
    if (!pending) return undefined;
    this.#pending.delete(key);
    pending.socket.off("close", pending.onClose);
    return pending.handshake;
  }

  #accepted(socket: Socket, refuse?: (refusal: Refusal) => void): Handshake | undefined {
    return this.#sink.accepted({
      remoteAddress: addressOf(socket),
      destroy: () => void socket.destroy(),
      ...(refuse ? { refuse } : {}),
    });
  }
}

/** Where an accepted socket comes from; `undefined` for a Unix domain socket. */
export function addressOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">) {
  return remoteAddress === undefined ? undefined : { host: remoteAddress, port: remotePort ?? 0 };
}

/** TLS hides the accepted socket behind another one: the addresses and ports of both ends tell which it was. */
export function endsOf(socket: Socket): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
