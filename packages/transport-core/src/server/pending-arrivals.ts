import type { AcceptSink, Arrival } from "./listener-driver.js";

/** What is used of an accepted socket; Node's `net.Socket` and `tls.TLSSocket` have it. */
interface AcceptedSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/**
 * For listeners whose sockets do not speak frames at once: keeps the arrival of each accepted socket until its
 * handshake is done, so that both share one login wait. TLS hides the accepted socket behind another one; the
 * addresses and ports of both ends tell which it was.
 */
export class PendingArrivals {
  readonly #sink: AcceptSink;
  readonly #pending = new Map<unknown, Arrival>();

  constructor(sink: AcceptSink) {
    this.#sink = sink;
  }

  /** A socket was accepted. */
  add(socket: AcceptedSocket): void {
    const arrival = this.#sink.arrive(() => socket.destroy());
    if (!arrival) {
      socket.destroy();
      return;
    }
    const key = keyOf(socket);
    this.#pending.set(key, arrival);
    socket.once("close", () => {
      if (this.#pending.delete(key)) arrival.gone();
    });
  }

  /** Its handshake is done. A socket that somebody else accepted arrives now. */
  take(socket: AcceptedSocket): Arrival | undefined {
    const key = keyOf(socket);
    const arrival = this.#pending.get(key);
    this.#pending.delete(key);
    return arrival ?? this.#sink.arrive(() => socket.destroy());
  }
}

function keyOf(socket: AcceptedSocket): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
