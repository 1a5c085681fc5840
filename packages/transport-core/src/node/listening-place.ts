import { once } from "node:events";
import { createServer, type Server, type ServerOpts, type Socket } from "node:net";
import { invalidOption } from "../internal/check-options.js";
import { LISTEN_BACKLOG } from "./listen-backlog.js";

/** Where a server on Node's sockets listens: at a host and port, or on a socket that another process has opened. */
export interface ListenOptions {
  /** @default all addresses of the machine */
  readonly host?: string | undefined;
  /** @default 0: a free port; `server.address` has it */
  readonly port?: number | undefined;
  /**
   * Listens on this file descriptor instead of host and port: a socket that the process has inherited, such as 3 from
   * systemd. In a worker of `node:cluster` it is a descriptor of the primary, as `net.Server` has it. A Unix domain socket
   * has an empty `address`, and no TLS. `shutdown` closes the descriptor.
   */
  readonly fd?: number | undefined;
  /**
   * Listens on the TCP socket of this `net.Server` instead of host and port. It listens already: another process has sent
   * it, and `process.on("message")` gave it. This server owns it from now on: it serves the connections that the other
   * accepts before `start` as well, and `shutdown` closes it.
   */
  readonly handle?: Server | undefined;
}

export const listenOptionNames: readonly string[] = ["host", "port", "fd", "handle"] satisfies (keyof ListenOptions)[];

/** @throws `IM_ERR_INVALID_OPTION` */
export function checkListenOptions({ host, port, fd, handle }: ListenOptions): void {
  if (port !== undefined && !isWithin(port, 65_535))
    throw invalidOption("port", "a whole number from 0 to 65535", port);
  if (fd !== undefined && !isWithin(fd, 0x7fff_ffff)) {
    throw invalidOption("fd", "a file descriptor, which is a whole number from 0 on", fd);
  }
  if (handle !== undefined && !listensOnTcp(handle)) {
    throw invalidOption("handle", "a net.Server that listens on TCP, such as another process has sent", handle);
  }
  const hasAddress = host !== undefined || port !== undefined;
  if (fd !== undefined && (hasAddress || handle !== undefined)) {
    throw invalidOption("fd", "given without host, port and handle", "given with one of them");
  }
  if (handle !== undefined && hasAddress) {
    throw invalidOption("handle", "given without host and port", "given with one of them");
  }
}

function isWithin(given: number, max: number): boolean {
  return Number.isInteger(given) && given >= 0 && given <= max;
}

function listensOnTcp(given: unknown): boolean {
  const server = given as Partial<Server> | null;
  if (typeof server?.address !== "function") return false;
  const address = server.address();
  return typeof address === "object" && address !== null;
}

/** The place that {@link ListenOptions} name. */
export class ListeningPlace {
  readonly #options: ListenOptions;
  /** A server that another process has sent accepts connections at once: these came before ours listened. */
  readonly #early: Socket[] = [];
  readonly #keep = (socket: Socket) => {
    // An error without a listener would end the process.
    this.#early.push(socket.on("error", () => {}));
  };

  /** From now on, the connections that `handle` accepts are kept. @param options that {@link checkListenOptions} let pass */
  constructor({ host, port = 0, fd, handle }: ListenOptions) {
    this.#options = { host, port, fd, handle };
    if (!handle) return;
    handle.maxConnections = LISTEN_BACKLOG;
    handle.on("connection", this.#keep);
  }

  /**
   * Listens. Rejects with the system's error; it may then be called again.
   *
   * @param socketOptions of the sockets that it accepts
   * @param needsAddresses whether these must have addresses, which they have not on a Unix domain socket
   */
  async listen(socketOptions: ServerOpts, needsAddresses: boolean, accept: (socket: Socket) => void): Promise<Server> {
    const { host, port, fd, handle } = this.#options;
    const server = createServer(socketOptions, accept);
    // Of a descriptor and a handle, Node reads the backlog from the second parameter only.
    server.listen(handle ?? (fd === undefined ? { host, port } : { fd }), LISTEN_BACKLOG);
    await once(server, "listening");
    if (needsAddresses && server.address() === null) {
      server.close();
      throw new Error(`fd ${fd} is a Unix domain socket, which cannot have TLS`);
    }
    handle?.off("connection", this.#keep);
    for (const socket of this.#early.splice(0)) accept(withOptions(socket, socketOptions));
    return server;
  }
}

function withOptions(socket: Socket, { noDelay, keepAlive, keepAliveInitialDelay, allowHalfOpen }: ServerOpts): Socket {
  socket.allowHalfOpen = allowHalfOpen ?? false;
  return socket.setNoDelay(noDelay).setKeepAlive(keepAlive, keepAliveInitialDelay);
}
