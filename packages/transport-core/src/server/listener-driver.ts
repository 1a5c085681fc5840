import type { ConnDriver } from "../conn/conn-driver.js";
import type { Address } from "../contract/address.js";
import type { OpCode } from "../contract/frame.js";

/**
 * How many connections the system may keep for us until we accept them. Node's own 511 is soon full when all clients
 * come back at once, and who is turned away waits a second before the next try.
 */
export const LISTEN_BACKLOG = 4096;

/** A socket on its way from being accepted to speaking frames. */
export interface Arrival {
  /** The handshake of the transport is done. */
  ready(driver: ConnDriver): void;
  /** The socket closed before that. */
  gone(): void;
}

/** Where a listener reports its sockets. {@link createServer} provides it. */
export interface AcceptSink {
  /**
   * A socket was accepted: the login wait begins. If it ends before the arrival is ready, `destroy` is called.
   *
   * @returns `undefined` if the server takes no more connections; the caller then destroys the socket.
   */
  arrive(destroy: () => void): Arrival | undefined;
  /** The listening socket could not accept, for want of file descriptors perhaps; it goes on listening. */
  failed(error: Error): void;
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
