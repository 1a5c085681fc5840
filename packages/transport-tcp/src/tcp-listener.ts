import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { type Address, formatAddress, OpCode } from "@im/transport-core";
import { type AcceptSink, encodeClosePayload, type ListenerDriver, type Refusal } from "@im/transport-core/authoring";
import {
  acceptSocket,
  endsOf,
  LISTEN_BACKLOG,
  ListeningPlace,
  PendingHandshakes,
  RejectedSockets,
  TlsTerminator,
  TrustedProxies,
  tlsInfoOf,
} from "@im/transport-core/node";
import { encodeFrame } from "./framing/frame-encoder.js";
import { listenOnPath } from "./listen-on-path.js";
import { endsOnPath } from "./tcp-address.js";
import { TcpConnDriver } from "./tcp-conn-driver.js";
import { socketOptions, type TcpServerOptions } from "./tcp-options.js";

/** Accepts TCP, TLS and Unix domain sockets. */
export class TcpListener implements ListenerDriver {
  readonly protocol = "tcp";
  readonly #options: TcpServerOptions;
  readonly #socketOptions: ReturnType<typeof socketOptions>;
  readonly #place: ListeningPlace;
  /** Of a server with TLS. */
  readonly tls: TlsTerminator | undefined;
  readonly #proxies: TrustedProxies | undefined;
  readonly #rejected = new RejectedSockets();
  #server: Server | undefined;

  constructor(options: TcpServerOptions) {
    this.#options = { ...options };
    this.#socketOptions = socketOptions(options.keepAliveMs);
    this.#place = new ListeningPlace(options);
    this.#proxies = TrustedProxies.of(options, false);
    this.tls = options.tls && new TlsTerminator(options.tls);
  }

  async listen(sink: AcceptSink): Promise<Address> {
    const { path } = this.#options;
    const accept = this.tls ? this.#acceptTls(sink, this.tls) : this.#acceptPlain(sink);
    const server =
      path === undefined
        ? await this.#place.listen(this.#socketOptions, this.tls !== undefined, accept)
        : await this.#listenOnPath(path, accept);
    server.on("error", (error) => sink.failed(error));
    this.#server = server;
    const bound = server.address();
    if (path !== undefined || bound === null || typeof bound === "string") return { host: path ?? "", port: 0 };
    return { host: bound.address, port: bound.port };
  }

  async #listenOnPath(path: string, accept: (socket: Socket) => void): Promise<Server> {
    const server = createServer(this.#socketOptions, accept);
    await listenOnPath(path, () => once(server.listen({ path, backlog: LISTEN_BACKLOG }), "listening"));
    return server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.#rejected.destroyAll();
    await closed;
  }

  /** Empty on a Unix domain socket that was inherited, whose path is not known. */
  dialUrl(address: Address): string {
    if (address.port === 0) return address.host && `unix:${address.host}`;
    return `${this.tls ? "tls" : "tcp"}://${formatAddress(address)}`;
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    const frame = encodeFrame(opCode, payload);
    // Sockets would wrap any other array once more for each connection.
    return Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  }

  #acceptPlain(sink: AcceptSink): (socket: Socket) => void {
    const { path } = this.#options;
    const known = path === undefined ? undefined : endsOnPath(path);
    return (socket) => {
      const refuse = ({ closeCode, reason }: Refusal) =>
        this.#rejected.add(socket, encodeFrame(OpCode.Close, encodeClosePayload(closeCode, reason)));
      acceptSocket(sink, socket, this.#proxies, refuse, ({ handshake, client }) => {
        // It is paused if a PROXY header was read.
        socket.resume();
        handshake.done(new TcpConnDriver(socket, client ? { ...known, remote: client } : known));
      });
    };
  }

  #acceptTls(sink: AcceptSink, tls: TlsTerminator): (socket: Socket) => void {
    const handshakes = new PendingHandshakes(sink, endsOf, this.#proxies);
    tls.start({
      secured(socket) {
        const accepted = handshakes.take(socket);
        if (!accepted) {
          socket.destroy();
          return;
        }
        const { handshake, client } = accepted;
        const driver = new TcpConnDriver(socket, client && { remote: client });
        handshake.done(driver, { request: undefined, tls: tlsInfoOf(socket) });
      },
      failed: (error) => sink.failed(error, "handshake"),
    });
    return (socket) => handshakes.add(socket, () => tls.add(socket));
  }
}
