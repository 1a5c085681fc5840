import { EventEmitter } from "node:events";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Endpoint } from "./endpoint.js";
import type { Listening, Network } from "./network.js";
import { SimulatedSocket } from "./simulated-socket.js";
import { systemError } from "./system-error.js";

const FIRST_FREE_PORT = 40_000;

/** `net.Server`. The system of its host shakes hands, even while the process stands still. */
export class SimulatedServer extends EventEmitter implements Listening {
  readonly #process: SimulatedProcess;
  readonly #network: Network;
  readonly #host: string;
  readonly #allowHalfOpen: boolean;
  #port = 0;
  #isListening = false;
  #connections = 0;
  #backlog = new Set<Endpoint>();

  constructor(process: SimulatedProcess, network: Network, host: string, allowHalfOpen: boolean) {
    super();
    this.#process = process;
    this.#network = network;
    this.#host = host;
    this.#allowHalfOpen = allowHalfOpen;
    process.atCrash.push(() => this.#stop());
  }

  get listening(): boolean {
    return this.#isListening;
  }

  listen({ port = 0 }: { readonly port?: number }): this {
    let chosen = port || FIRST_FREE_PORT;
    while (!this.#network.listen(this.#host, chosen, this)) {
      if (port !== 0) {
        const error = systemError("EADDRINUSE", "listen", `${this.#host}:${port}`);
        this.#process.poll(() => this.emit("error", error));
        return this;
      }
      chosen++;
    }
    this.#port = chosen;
    this.#isListening = true;
    this.#process.poll(() => this.emit("listening"));
    return this;
  }

  address(): { address: string; port: number; family: string } | null {
    return this.#isListening ? { address: this.#host, port: this.#port, family: "IPv4" } : null;
  }

  accept(endpoint: Endpoint): void {
    this.#backlog.add(endpoint);
    this.#process.poll(() => {
      if (!this.#backlog.delete(endpoint) || endpoint.isClosed) return;
      const socket = new SimulatedSocket(this.#process, {
        highWaterMarkBytes: this.#network.highWaterMarkBytes,
        allowHalfOpen: this.#allowHalfOpen,
      });
      this.#connections++;
      this.#network.opened(this.#process, socket);
      socket.once("close", () => {
        this.#connections--;
        this.#closeIfDone();
      });
      socket.attach(endpoint);
      this.emit("connection", socket);
    });
  }

  close(closed?: () => void): this {
    if (closed) this.once("close", closed);
    this.#stop();
    this.#closeIfDone();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #stop(): void {
    if (this.#isListening) this.#network.unlisten(this.#host, this.#port, this);
    this.#isListening = false;
    for (const endpoint of this.#backlog) endpoint.close();
    this.#backlog.clear();
  }

  #closeIfDone(): void {
    if (!this.#isListening && this.#connections === 0) this.#process.poll(() => this.emit("close"));
  }
}
