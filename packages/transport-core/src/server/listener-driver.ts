import type { ConnDriver } from "../conn/conn-driver.js";
import type { Address } from "../contract/address.js";
import type { OpCode } from "../contract/frame.js";
import type { HandshakeInfo } from "../contract/handshake-info.js";
import type { RefusalReason } from "../contract/transport-hooks.js";

/** The handshake of an accepted socket. The listener calls `done` or `failed`, once; at once if there is no handshake. */
export interface Handshake {
  /**
   * The address of the client is known: for sockets of trusted proxies only (`isProxy`), once, before `done`. From now on it is
   * the remote address for limits and hooks.
   *
   * @returns the refusal of a limit: the handshake is over then, and the listener closes the socket
   */
  identify(remoteAddress: Address | undefined): Refusal | undefined;
  /** The socket can carry frames. @param info for the login, which keeps it no longer. @default a handshake that said nothing */
  done(driver: ConnDriver, info?: HandshakeInfo): void;
  /** The socket closed before that, or the listener refused the handshake. @param why for the hooks. @default "handshake" */
  failed(why?: RefusalReason): void;
}

/** Why the server takes no more connections. */
export interface Refusal {
  readonly why: RefusalReason;
  /** 1013, Try Again Later (IANA's registry): for transports that can send a Close frame at once. */
  readonly closeCode: number;
  /** For people. */
  readonly reason: string;
}

/** A socket that a listener has accepted. */
export interface IncomingSocket {
  /** Absent where there is none, as on a Unix domain socket; limits per address do not apply to it. */
  readonly remoteAddress?: Address | undefined;
  /** Whether it is a trusted proxy: the listener calls `identify` when it knows where the client connects from. @default false */
  readonly isProxy?: boolean | undefined;
  /** Closes the socket at once. The server calls it before the handshake is done only. */
  destroy(): void;
  /** Tells the peer that the server takes no more connections, and closes the socket. @default `destroy` */
  refuse?: ((refusal: Refusal) => void) | undefined;
}

/** Where a listener reports its sockets. {@link createServer} provides it. */
export interface AcceptSink {
  /**
   * Reports a socket that the listener accepted: the login wait begins. If it ends before the handshake is done, the
   * server calls `destroy`.
   *
   * @returns `undefined` if a limit refuses the socket: the server has called its `refuse` or `destroy`
   */
  accepted(socket: IncomingSocket): Handshake | undefined;
  /**
   * Reports an error that ends no connection: the listening socket could not accept one, for want of file descriptors
   * perhaps, and goes on listening; or a function of the application that decides about clients' certificates or upgrades
   * threw.
   */
  failed(error: unknown, during?: "listen" | "handshake" | "upgrade"): void;
}

/** The part of a server that the author of a transport writes: it accepts sockets. */
export interface ListenerDriver {
  /** The protocol's name for service discovery, as kim writes it: `websocket` or `tcp`. */
  readonly protocol: string;
  /** Resolves when listening. Rejects with the system's error; it may then be called again. */
  listen(sink: AcceptSink): Promise<Address>;
  /** Stops accepting at once; resolves when the listening socket is closed. Connections stay. */
  close(): Promise<void>;
  /** The address that a dialer of this transport needs to reach a server at this address. */
  dialUrl(address: Address): string;
  /** A frame as this server's connections write it, for {@link ConnDriver.writeEncoded}. */
  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array;
}
