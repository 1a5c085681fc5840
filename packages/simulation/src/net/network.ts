import type { Kernel } from "../kernel/kernel.js";
import type { Random } from "../kernel/random.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import { Endpoint } from "./endpoint.js";
import type { SimulatedSocket } from "./simulated-socket.js";
import type { LinkQuality, Ways } from "./ways.js";

/** Who accepts connections on a port. */
export interface Listening {
  accept(endpoint: Endpoint): void;
}

/** The hosts, what listens on them, and which ways between them are cut. */
export class Network implements Ways {
  readonly kernel: Kernel;
  readonly random: Random;
  /** Of connections that begin now. */
  quality: LinkQuality = { latencyMs: 1, jitterMs: 0, sliceChance: 0, bufferBytes: 65_536 };
  /** Of the streams of sockets: 16 KiB in Node 20, 64 KiB since Node 22. */
  highWaterMarkBytes = 65_536;
  /** Whether some connections may be worse than the options of the world say. */
  hasBadLinks = false;
  readonly #listening = new Map<string, Listening>();
  readonly #blocked = new Set<string>();
  /** What waits until a way is open again. */
  readonly #held = new Map<string, (() => void)[]>();
  /** Machines without power: nothing that comes there is answered. */
  readonly off = new Set<string>();
  /** Endpoints whose sockets are not closed. */
  readonly endpoints = new Set<Endpoint>();
  readonly #sockets = new Map<SimulatedProcess, Set<SimulatedSocket>>();
  #connections = 0;

  constructor(kernel: Kernel, random: Random) {
    this.kernel = kernel;
    this.random = random;
  }

  get listeners(): readonly string[] {
    return [...this.#listening.keys()];
  }

  /** The sockets of a process that are not closed. */
  socketsOf(process: SimulatedProcess): readonly SimulatedSocket[] {
    return [...(this.#sockets.get(process) ?? [])];
  }

  opened(process: SimulatedProcess, socket: SimulatedSocket): void {
    const own = this.#sockets.get(process) ?? new Set();
    this.#sockets.set(process, own.add(socket));
    socket.once("close", () => own.delete(socket));
  }

  /** A name for a connection. */
  nextConnection(): string {
    return `c${++this.#connections}`;
  }

  /** One end of a connection; it is among the {@link endpoints} until it is closed. */
  addEndpoint(host: string, port: number, id: string): Endpoint {
    const endpoint = new Endpoint(this, { host, port, id }, () => this.endpoints.delete(endpoint));
    this.endpoints.add(endpoint);
    return endpoint;
  }

  /** @returns whether the port was free */
  listen(host: string, port: number, listening: Listening): boolean {
    const place = `${host}:${port}`;
    if (this.#listening.has(place)) return false;
    this.#listening.set(place, listening);
    return true;
  }

  unlisten(host: string, port: number, listening: Listening): void {
    const place = `${host}:${port}`;
    if (this.#listening.get(place) === listening) this.#listening.delete(place);
  }

  listeningAt(host: string, port: number): Listening | undefined {
    return this.#listening.get(`${host}:${port}`);
  }

  /** Drops all that one host sends to another, silently. */
  block(from: string, to: string): void {
    this.#blocked.add(`${from}>${to}`);
  }

  /** What was dropped is sent again, as TCP does, after some time. */
  unblock(from: string, to: string): void {
    const way = `${from}>${to}`;
    if (!this.#blocked.delete(way)) return;
    this.kernel.after(this.random.ms(1, 600), () => this.#release(way));
  }

  /** In order: what is sent meanwhile waits as well. */
  #release(way: string): void {
    const held = this.#held.get(way);
    if (!held || this.#blocked.has(way)) return;
    this.#held.delete(way);
    for (const run of held) run();
  }

  /** No way is cut any more, and all connections are as good as this. */
  heal(quality: LinkQuality): void {
    this.quality = quality;
    for (const endpoint of this.endpoints) endpoint.quality = quality;
    this.#unblockAll();
  }

  #unblockAll(): void {
    for (const way of [...this.#blocked]) {
      const [from, to] = way.split(">") as [string, string];
      this.unblock(from, to);
    }
  }

  isBlocked(from: string, to: string): boolean {
    return this.#blocked.has(`${from}>${to}`);
  }

  /** Now, or once the way is open. */
  whenOpen(from: string, to: string, run: () => void): void {
    const way = `${from}>${to}`;
    if (!this.#blocked.has(way) && !this.#held.has(way)) {
      run();
      return;
    }
    const held = this.#held.get(way) ?? [];
    this.#held.set(way, held);
    held.push(run);
  }
}
