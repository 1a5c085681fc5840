import type { Socket } from "node:net";
import type { Faults } from "./faults.js";
import { Pipe, type PipeStatistics } from "./pipe.js";
import { createRandom } from "./random.js";

export type Direction = "toServer" | "toClient";

/** One connection through the proxy: the client's socket, the server's, and what happens between them. */
export class Link {
  /** Counted from 0, in the order in which the connections came. */
  readonly index: number;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  #wasReset = false;

  /** @internal */
  constructor(index: number, client: Socket, server: Socket, faults: Faults, seed: number) {
    this.index = index;
    this.#client = client;
    this.#server = server;
    const reset = () => this.reset();
    const { toServer = {}, toClient = {} } = faults;
    this.#pipes = {
      toServer: new Pipe(client, server, toServer, createRandom(seed, index, 0), reset),
      toClient: new Pipe(server, client, toClient, createRandom(seed, index, 1), reset),
    };
  }

  get toServer(): PipeStatistics {
    return this.#pipes.toServer;
  }

  get toClient(): PipeStatistics {
    return this.#pipes.toClient;
  }

  /** Whether {@link reset} ended it, or an end of it did by a reset of its own. */
  get wasReset(): boolean {
    return this.#wasReset;
  }

  setFaults({ toServer = {}, toClient = {} }: Faults): void {
    this.#pipes.toServer.setFaults(toServer);
    this.#pipes.toClient.setFaults(toClient);
  }

  /** Sends RST to both ends, at once. */
  reset(): void {
    this.#wasReset = true;
    for (const pipe of Object.values(this.#pipes)) pipe.cut();
    for (const socket of [this.#client, this.#server]) socket.resetAndDestroy();
  }

  /** Sends FIN one way, behind what is under way; the other way goes on. */
  halfClose(direction: Direction): void {
    this.#pipes[direction].send("end");
  }
}
