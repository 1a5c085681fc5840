import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { invalidOption } from "../internal/check-options.js";
import { MAX_TIMER_MS } from "../internal/long-timer.js";
import { checkTlsServerOptions, type TlsServerOptions } from "./tls-options.js";

/** Where a {@link TlsTerminator} reports. */
export interface TlsSink {
  /** The handshake is done. Nothing behind it has been read. */
  secured(socket: TLSSocket): void;
  /** A function of the application threw. The socket is destroyed. */
  failed(error: unknown): void;
}

/**
 * Does the server's part of TLS handshakes on sockets that are accepted elsewhere. Its options can be replaced at any
 * time: handshakes and connections that have begun keep the former ones.
 */
export class TlsTerminator {
  #sink: TlsSink | undefined;
  #options: TlsServerOptions;
  /** Does not listen. Each replacement of the options makes a new one, since Node replaces only some of them. */
  #server: Server;

  /** @throws `IM_ERR_INVALID_OPTION`, which names the option that cannot be used */
  constructor(options: TlsServerOptions) {
    this.#options = { ...options };
    this.#server = this.#createServer(this.#options);
  }

  /** Before the first socket. */
  start(sink: TlsSink): void {
    this.#sink = sink;
  }

  /** Begins the handshake. If it fails, the socket is destroyed. */
  add(socket: Socket): void {
    this.#server.emit("connection", socket);
  }

  /**
   * Replaces options; those that are left out, or undefined, stay as they are.
   *
   * @throws `IM_ERR_INVALID_OPTION`, and nothing is replaced
   */
  update(changed: TlsServerOptions): void {
    if (typeof changed !== "object" || changed === null) throw invalidOption("tls", "an object", changed);
    const options = merge(withoutReplaced(this.#options, changed), changed);
    const server = this.#createServer(options);
    // A resumed session is not checked against `ca` and `crl` again, so with clients' certificates none outlives an update,
    // unless its ticket has a key of the application.
    if (!options.requestCert && !options.ticketKeys) server.setTicketKeys(this.#server.getTicketKeys());
    this.#options = options;
    this.#server = server;
  }

  #createServer(options: TlsServerOptions): Server {
    checkTlsServerOptions(options);
    const { contexts = {}, checkClientIdentity, ...given } = options;
    const own = { ...defaultOptions, ...given };
    const server = createServer(own);
    const { key: _key, cert: _cert, pfx: _pfx, passphrase: _passphrase, ...shared } = own;
    // Node would give a context without `ca` the system's authorities, also for the clients' certificates.
    for (const [name, context] of Object.entries(contexts)) server.addContext(name, merge(shared, context));
    server.on("secureConnection", (socket) => {
      if (checkClientIdentity && !this.#accepts(socket, checkClientIdentity)) socket.destroy();
      else this.#sink?.secured(socket);
    });
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  #accepts(socket: TLSSocket, check: NonNullable<TlsServerOptions["checkClientIdentity"]>): boolean {
    try {
      return check(socket.getPeerCertificate()) === undefined;
    } catch (error) {
      this.#sink?.failed(error);
      return false;
    }
  }
}

const defaultOptions: TlsServerOptions = {
  /** The login wait covers the handshake; Node's own limit must not be shorter. */
  handshakeTimeout: MAX_TIMER_MS,
  /** Node's own depends on the arguments of the process, and servers that share `ticketKeys` may have different ones. */
  sessionIdContext: "@im",
};

/** Options that stand for the same thing: a new one takes the place of the others in its row. */
const alternatives: readonly (readonly (readonly (keyof TlsServerOptions)[])[])[] = [
  [["key", "cert"], ["pfx"]],
  [["contexts"], ["SNICallback"]],
  [["ALPNProtocols"], ["ALPNCallback"]],
];

function withoutReplaced(options: TlsServerOptions, changed: TlsServerOptions): TlsServerOptions {
  const left: Partial<Record<keyof TlsServerOptions, unknown>> = { ...options };
  for (const row of alternatives) {
    const given = row.find((names) => names.some((name) => changed[name] !== undefined));
    if (given === undefined) continue;
    for (const name of row.flat()) if (!given.includes(name)) delete left[name];
  }
  return left as TlsServerOptions;
}

function merge<T extends object>(options: T, changed: T): T {
  return { ...options, ...Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) };
}
