import type { Socket } from "node:net";
import type { Address } from "../contract/address.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { AcceptSink, Refusal } from "../server/listener-driver.js";
import { type AcceptedSocket, acceptSocket } from "./accept-socket.js";
import { remoteAddressOf } from "./incoming-socket.js";
import type { TrustedProxies } from "./proxies/trusted-proxies.js";

interface PendingHandshake {
  accepted: AcceptedSocket;
  /** The accepted socket itself, where TLS hides it. */
  readonly socket: Socket;
  readonly onClose: () => void;
}

/** The handshakes of accepted sockets, by socket, until TLS and upgrade are done or the socket closes. */
export class PendingHandshakes {
  readonly #sink: AcceptSink;
  readonly #keyOf: (socket: Socket) => unknown;
  readonly #proxies: TrustedProxies | undefined;
  readonly #pending = new Map<unknown, PendingHandshake>();

  /**
   * @param keyOf what the accepted socket has in common with the one whose handshake is done; see {@link endsOf}
   * @param proxies those that may say where their clients connect from
   */
  constructor(sink: AcceptSink, keyOf: (socket: Socket) => unknown = (socket) => socket, proxies?: TrustedProxies) {
    this.#sink = sink;
    this.#keyOf = keyOf;
    this.#proxies = proxies;
  }

  /**
   * Reports an accepted socket to the sink, and begins its handshake if the server takes it; see {@link acceptSocket}.
   *
   * @param refuse tells the peer that the server takes no more connections. @default the socket is destroyed
   */
  add(socket: Socket, begin: () => void, refuse?: (refusal: Refusal) => void): void {
    acceptSocket(this.#sink, socket, this.#proxies, refuse, (accepted) => {
      const key = this.#keyOf(socket);
      const onClose = () => {
        // After a reset, a new socket may have the same addresses and ports already.
        if (this.#pending.get(key)?.socket === socket) this.#pending.delete(key);
        accepted.handshake.failed();
      };
      this.#pending.set(key, { accepted, socket, onClose });
      socket.once("close", onClose);
      begin();
    });
  }

  /**
   * The request of a trusted proxy has arrived, and says where the client connects from.
   *
   * @param clientOf returns that. It is called only for a trusted proxy, whose address it gets; undefined on a Unix domain socket
   * @returns the refusal of a limit: the caller answers it, and closes the socket
   */
  identify(socket: Socket, clientOf: (proxy: Address | undefined) => Address | undefined): Refusal | undefined {
    const pending = this.#pending.get(this.#keyOf(socket));
    if (!pending?.accepted.isProxy) return undefined;
    const { handshake, client: proxy = remoteAddressOf(socket) } = pending.accepted;
    const client = clientOf(proxy);
    const refusal = handshake.identify(client);
    if (refusal) this.take(socket);
    else pending.accepted = { handshake, client, isProxy: false };
    return refusal;
  }

  /** Where the client connects from, as far as it is known; undefined on a Unix domain socket. */
  remoteAddressOf(socket: Socket): Address | undefined {
    return this.#pending.get(this.#keyOf(socket))?.accepted.client ?? remoteAddressOf(socket);
  }

  /** TLS and upgrade are done: the caller calls `done`. @returns `undefined` if the socket has closed before */
  take(socket: Socket): AcceptedSocket | undefined {
    const key = this.#keyOf(socket);
    const pending = this.#pending.get(key);
    if (!pending) return undefined;
    this.#pending.delete(key);
    pending.socket.off("close", pending.onClose);
    return pending.accepted;
  }

  /** The upgrade is refused. The caller closes the socket. */
  refuse(socket: Socket, why: RefusalReason): void {
    this.take(socket)?.handshake.failed(why);
  }
}

/** TLS hides the accepted socket behind another one: the addresses and ports of both ends identify it. */
export function endsOf(socket: Socket): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
