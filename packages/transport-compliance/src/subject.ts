import type { Address, ConnOptions, Dialer, Server, ServerOptions } from "@im/transport-core";

/** What a transport may lack. A feature that is not declared counts as supported. */
export interface Capabilities {
  /** Continuation frames arrive as frames of their own, as on TCP; false where the protocol joins them. */
  readonly continuation?: boolean;
  /** The dialer's connections can send Ping frames; false in a browser. */
  readonly ping?: boolean;
  /** `createServer` takes an address to listen at. */
  readonly fixedAddress?: boolean;
  /** `flush` encodes and hands over what was written before it returns; false where that takes longer, as compression does. */
  readonly flushesAtOnce?: boolean;
}

/** The transport under test. */
export interface TransportSubject {
  /** Names the transport in the titles of the tests. */
  readonly name: string;
  /** @param at where to listen; without it at an address that is free, which differs from call to call */
  createServer(options: ServerOptions, at?: Address): Server;
  createDialer(options?: ConnOptions): Dialer;
  /** Well-formed, and no server listens there. */
  readonly badAddress: string;
  readonly capabilities?: Capabilities;
  /**
   * What the transport holds open now, sockets and timers, one word each. With it the suite checks that nothing is left
   * once all is closed.
   */
  openResources?(): readonly string[];
}
