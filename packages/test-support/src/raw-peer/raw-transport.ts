import type { Socket } from "node:net";
import type { Conn, ConnOptions, Dialer, RefusalReason, Server, ServerOptions } from "@im/transport-core";
import type {
  ConnectOptions,
  ListenOptions,
  ProxyOptions,
  TlsDialerOptions,
  TlsServerOptions,
} from "@im/transport-core/node";
import type { RawPeer } from "./raw-peer.js";

export interface RawServerOptions extends ServerOptions, ProxyOptions, ListenOptions {
  readonly tls?: TlsServerOptions | undefined;
}

export interface RawDialerOptions extends ConnOptions, ConnectOptions {
  readonly tls?: TlsDialerOptions | undefined;
}

/** A server whose TLS options can be replaced. */
export interface RawServerUnderTest extends Server {
  updateTls(tls: TlsServerOptions): void;
}

/** What the raw-peer suite knows of a transport on Node's sockets. Frames are put together without the code under test. */
export interface RawTransport<
  S extends RawServerOptions = RawServerOptions,
  D extends RawDialerOptions = RawDialerOptions,
  P extends RawPeer = RawPeer,
> {
  /** How its addresses begin, such as `tcp`; with TLS, such as `tls`. */
  readonly scheme: string;
  readonly tlsScheme: string;
  /** What stands behind the port in a `dialUrl`. */
  readonly dialPath: string;

  createServer(options: S): RawServerUnderTest;
  /** The options with the host 127.0.0.1, unless they say where to listen. */
  located(options: S): S;
  createDialer(options?: D): Dialer;

  /** Reads and writes bytes on a socket that is connected, at either end. */
  peerOn(socket: Socket): P;
  /** What a client sends before its first frame: an upgrade request; nothing where frames come first. */
  readonly opening: Buffer;
  /** Waits until the server has agreed to the opening. */
  opened(peer: P): Promise<void>;
  /** Waits for a client's opening. Resolves to the bytes that agree to it. */
  agreement(peer: P): Promise<Buffer>;

  /** A whole frame of a client. */
  frame(opCode: number, payload?: string | Uint8Array): Buffer;
  /** A Binary frame of a client whose header declares so many bytes, and which brings four. */
  declaring(payloadBytes: bigint): Buffer;
  /** The largest length that a header can declare, but for lengths that are invalid in themselves. */
  readonly largestLength: bigint;
  /** Beginnings of frames and messages, by where they break off. */
  readonly unfinished: readonly (readonly [where: string, bytes: Buffer])[];
  /** What a client may send without an end while its connection is open. */
  readonly flood: Buffer;

  /** Whether a server that has sent its Close waits for the peer's. If not, FIN is the answer. */
  readonly answersClose: boolean;
  /** The server refuses this connection, which has sent nothing that counts, because of a limit. */
  expectRefusal(peer: P, why: RefusalReason): Promise<void>;
  /** The server refuses this dial because of a limit. */
  expectRefusedDial(dialling: Promise<Conn>, why: RefusalReason): Promise<void>;
}
