import { once } from "node:events";
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";
import type { Faults } from "./faults.js";
import { Link } from "./link.js";

export interface FaultProxyOptions {
  /** Where connections go on to. */
  readonly target: NetConnectOpts;
  /** What happens to the connections, or to each by its index. @default nothing */
  readonly faults?: Faults | ((index: number) => Faults);
  /** The same seed draws the same slices and the same jitter. @default 1 */
  readonly seed?: number;
}

/** Sums over all connections, those that have ended too. */
export interface ProxyStatistics {
  readonly accepted: number;
  /** Connections of which an end is open. */
  readonly open: number;
  /** Connections that ended by a reset, the proxy's or an end's own. */
  readonly resets: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
  /** In both directions. */
  readonly droppedBytes: number;
}

/** A bad network between clients and one server, on a port of 127.0.0.1. */
export class FaultProxy implements AsyncDisposable {
  readonly #options: FaultProxyOptions;
  readonly #listener: Server;
  readonly #links: Link[] = [];
  readonly #sockets = new Map<Socket, Link>();
  #faults: NonNullable<FaultProxyOptions["faults"]>;
  #resetsOnAccept = 0;

  /** @internal */
  constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.#faults = options.faults ?? {};
    // An end that is dropped must not close the other direction.
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  /** @internal */
  async listen(): Promise<void> {
    this.#listener.listen({ host: "127.0.0.1", port: 0, backlog: 4096 });
    await once(this.#listener, "listening");
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** All connections that have come, but those reset as they came, in their order. */
  get links(): readonly Link[] {
    return this.#links;
  }

  get statistics(): ProxyStatistics {
    const sum = (count: (link: Link) => number) => this.#links.reduce((total, link) => total + count(link), 0);
    return {
      accepted: this.#links.length + this.#resetsOnAccept,
      open: new Set(this.#sockets.values()).size,
      resets: this.#resetsOnAccept + sum((link) => (link.wasReset ? 1 : 0)),
      bytesToServer: sum((link) => link.toServer.forwardedBytes),
      bytesToClient: sum((link) => link.toClient.forwardedBytes),
      droppedBytes: sum((link) => link.toServer.droppedBytes + link.toClient.droppedBytes),
    };
  }

  /** For connections that are open and for those to come. */
  setFaults(faults: Faults | ((index: number) => Faults)): void {
    this.#faults = faults;
    for (const link of new Set(this.#sockets.values())) link.setFaults(this.#faultsOf(link.index));
  }

  /** Resets all open connections at once. */
  cutAll(): void {
    for (const link of new Set(this.#sockets.values())) link.reset();
  }

  /** Stops accepting and resets what is open. */
  async close(): Promise<void> {
    const closed = once(this.#listener, "close");
    this.#listener.close();
    this.cutAll();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(client: Socket): void {
    const faults = this.#faultsOf(this.#links.length + this.#resetsOnAccept);
    if (faults.resetOnAccept) {
      this.#resetsOnAccept++;
      client.on("error", () => {}).resetAndDestroy();
      return;
    }
    const { target, seed = 1 } = this.#options;
    const server = connect({ ...target, allowHalfOpen: true });
    server.setNoDelay(true);
    const link = new Link(this.#links.length + this.#resetsOnAccept, client, server, faults, seed);
    this.#links.push(link);
    for (const socket of [client, server]) {
      this.#sockets.set(socket, link);
      socket.once("close", () => this.#sockets.delete(socket));
    }
  }

  #faultsOf(index: number): Faults {
    return typeof this.#faults === "function" ? this.#faults(index) : this.#faults;
  }
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options);
  await proxy.listen();
  return proxy;
}
