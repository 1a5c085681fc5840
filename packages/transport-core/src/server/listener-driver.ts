import type { ConnDriver } from "../conn/conn-driver.js";
import type { Address } from "../contract/address.js";
import type { OpCode } from "../contract/frame.js";
import type { RefusalReason } from "../contract/transport-hooks.js";

/** The handshake of an accepted socket. The listener calls `done` or `failed`, once. */
export interface Handshake {
  /** The handshake of the transport is done. */
  done(driver: ConnDriver): void;
  /** The socket closed before that, or the handshake was refused. @param why for the hooks. @default "handshake" */
  failed(why?: RefusalReason): void;
}

/** Why the server takes no more connections. */
export interface Refusal {
  readonly why: RefusalReason;
  /** 1013, Try Again Later (IANA's registry): for transports that can say Close at once. */
  readonly closeCode: number;
  /** For people. */
  readonly reason: string;
}

/** A socket that a listener has accepted. */
export interface IncomingSocket {
  /** Absent where there is none, as on a Unix domain socket; limits per address do not apply then. */
  readonly remoteAddress?: Address | undefined;
  /** Closes the socket now, before it speaks frames. */
  destroy(): void;
  /** Tells the peer that the server takes no more connections, and closes. Without it the server calls `destroy`. */
  refuse?(refusal: Refusal): void;
  /** For transports without a handshake: begins to speak frames, once the server has taken the socket. */
  startFrames?(): ConnDriver;
}

/** Where a listener reports its sockets. {@link createServer} provides it. */
export interface AcceptSink {
  /**
   * A socket was accepted: the login wait begins. If it ends before the handshake is done, the server calls `destroy`.
   *
   * @returns `undefined` if the server does not take it, and has called `refuse` or `destroy`; also after `startFrames`.
   */
  accepted(socket: IncomingSocket): Handshake | undefined;
  /**
   * The listening socket could not accept, for want of file descriptors perhaps, and goes on listening; or what the
   * application has for upgrades broke.
   */
  failed(error: unknown, during?: "listen" | "upgrade"): void;
}

/** All that a transport author writes for a server: something that accepts sockets. */
export interface ListenerDriver {
  /** The protocol's name for service discovery, as kim writes it: `websocket` or `tcp`. */
  readonly protocol: string;
  /** Resolves when listening. Rejects with the system's error; it may then be called again. */
  listen(sink: AcceptSink): Promise<Address>;
  /** Stops accepting at once; resolves when the listening socket is closed. Connections stay. */
  close(): Promise<void>;
  /** What a dialer of this transport takes to reach a server at this address. */
  dialUrl(address: Address): string;
  /** A frame as this server's connections write it, for {@link ConnDriver.writeEncoded}. */
  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array;
}
