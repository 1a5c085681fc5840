import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { PeerCertificate, TlsInfo } from "../contract/handshake-info.js";

/** A socket of a TLS server. `node:tls` sets `servername` at the end of the handshake; its types do not declare it. */
type ServerTlsSocket = TLSSocket & { readonly servername?: string | false | null };

/** What the TLS handshake of an accepted socket said; undefined for a socket without TLS. */
export function tlsInfoOf(socket: Socket): TlsInfo | undefined {
  return (socket as Partial<TLSSocket>).encrypted === true ? new SocketTlsInfo(socket as ServerTlsSocket) : undefined;
}

/** Asks the socket when it is read: most logins do not. */
class SocketTlsInfo implements TlsInfo {
  readonly #socket: ServerTlsSocket;

  constructor(socket: ServerTlsSocket) {
    this.#socket = socket;
  }

  get serverName(): string | undefined {
    return this.#socket.servername || undefined;
  }

  get certificate(): PeerCertificate | undefined {
    // The types do not say that it is null once the socket has closed, and an empty object if the peer sent none.
    const certificate: Partial<PeerCertificate> | null = this.#socket.getPeerCertificate();
    return certificate?.raw ? (certificate as PeerCertificate) : undefined;
  }

  get authorized(): boolean {
    return this.#socket.authorized;
  }
}
