import { once } from "node:events";
import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type Address, formatAddress, OpCode } from "@im/transport-core";
import {
  type AcceptSink,
  addressOf,
  encodeClosePayload,
  LISTEN_BACKLOG,
  type ListenerDriver,
  MAX_TIMER_MS,
  PendingArrivals,
  type Refusal,
  TurnedAway,
} from "@im/transport-core/authoring";
import { encodeFrame } from "./framing/frame-encoder.js";
import { TcpConnDriver } from "./tcp-conn-driver.js";
import { socketOptions, type TcpServerOptions } from "./tcp-options.js";

/** Accepts TCP, TLS and Unix domain sockets. */
export class TcpListener implements ListenerDriver {
  readonly protocol = "tcp";
  readonly #options: TcpServerOptions;
  readonly #socketOptions: ReturnType<typeof socketOptions>;
  readonly #turnedAway = new TurnedAway();
  #server: Server | undefined;

  constructor(options: TcpServerOptions) {
    this.#options = { ...options };
    this.#socketOptions = socketOptions(options.keepAliveMs);
  }

  async listen(sink: AcceptSink): Promise<Address> {
    const { host, port = 0, path, tls } = this.#options;
    const server = tls ? this.#acceptTls(sink) : this.#acceptPlain(sink);
    const where: ListenOptions = path === undefined ? { port, ...(host === undefined ? {} : { host }) } : { path };
    server.listen({ ...where, backlog: LISTEN_BACKLOG });
    await once(server, "listening");
    server.on("error", (error) => sink.failed(error));
    this.#server = server;
    const bound = server.address();
    if (path !== undefined || bound === null || typeof bound === "string") return { host: path ?? "", port: 0 };
    return { host: bound.address, port: bound.port };
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.#turnedAway.destroyAll();
    await closed;
  }

  dialUrl(address: Address): string {
    if (address.port === 0) return `unix:${address.host}`;
    return `${this.#options.tls ? "tls" : "tcp"}://${formatAddress(address)}`;
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    return encodeFrame(opCode, payload);
  }

  #acceptPlain(sink: AcceptSink): Server {
    return createServer(this.#socketOptions, (socket) => {
      const arrival = sink.arrive({
        remoteAddress: addressOf(socket),
        destroy: () => socket.destroy(),
        refuse: (refusal) => this.#turnedAway.add(socket, closeFrame(refusal)),
      });
      arrival?.ready(this.#drive(socket));
    });
  }

  #acceptTls(sink: AcceptSink): Server {
    const arrivals = new PendingArrivals(sink);
    // The login wait covers the handshake; Node's own limit must not be shorter.
    const server = createTlsServer({ ...this.#socketOptions, handshakeTimeout: MAX_TIMER_MS, ...this.#options.tls });
    server.on("connection", (socket) => arrivals.add(socket));
    server.on("secureConnection", (socket) => {
      arrivals.take(socket)?.ready(this.#drive(socket));
    });
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  #drive(socket: Socket): TcpConnDriver {
    return new TcpConnDriver(socket, this.#options.path);
  }
}

function closeFrame({ closeCode, reason }: Refusal): Uint8Array {
  return encodeFrame(OpCode.Close, encodeClosePayload(closeCode, reason));
}
