import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { PatientTimer } from "@im/transport-core/internal";
import { RejectedSockets } from "@im/transport-core/node";
import { endIfPipelined } from "./pipelined-upgrade.js";
import { refusalAnswer } from "./upgrade-refusal.js";
import { guardStream, offersWebSocket } from "./upgrade-rules.js";

/** One of our servers that takes upgrades of an HTTP server which others may use as well. */
export interface UpgradeTaker {
  /** How long an upgrade that is not for us may go unanswered by others. */
  readonly loginWaitMs: number;
  isFor(request: IncomingMessage): boolean;
  take(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** It was for this one, too, but another came first. */
  missed(request: IncomingMessage): void;
}

const shared = new WeakMap<Server, SharedUpgrades>();

/** Gives a server's upgrades to the taker that they are for, the first if there are several. @returns what ends it */
export function takeUpgrades(server: Server, taker: UpgradeTaker): () => void {
  let upgrades = shared.get(server);
  if (!upgrades) {
    upgrades = new SharedUpgrades(server);
    shared.set(server, upgrades);
  }
  return upgrades.add(taker);
}

class SharedUpgrades {
  readonly #server: Server;
  readonly #takers = new Set<UpgradeTaker>();
  readonly #rejected = new RejectedSockets();

  constructor(server: Server) {
    this.#server = server;
  }

  add(taker: UpgradeTaker): () => void {
    // Before all others, so that it is known what they have written.
    if (this.#takers.size === 0) this.#server.prependListener("upgrade", this.#onUpgrade);
    this.#takers.add(taker);
    return () => {
      this.#takers.delete(taker);
      if (this.#takers.size > 0) return;
      this.#server.off("upgrade", this.#onUpgrade);
      this.#rejected.destroyAll();
    };
  }

  readonly #onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    guardStream(request, stream);
    const [first, ...others] = [...this.#takers].filter((taker) => taker.isFor(request));
    if (!first) this.#decline(request);
    else if (!endIfPipelined(request, this.#rejected)) first.take(request, stream, head);
    for (const other of others) other.missed(request);
  };

  /** It is for others, if there are others. */
  #decline(request: IncomingMessage): void {
    const { socket } = request;
    if (this.#server.listenerCount("upgrade") === 1) {
      this.#rejected.add(socket, refusalAnswer(offersWebSocket(request) ? 404 : 400));
      return;
    }
    // Whoever it is for, its reset must not end the process before they have taken it over.
    socket.on("error", () => socket.destroy());
    const { bytesWritten } = socket;
    const loginWaitMs = Math.max(...[...this.#takers].map((taker) => taker.loginWaitMs));
    const timer = new PatientTimer(() => {
      if (socket.bytesWritten === bytesWritten) socket.destroy();
    }).start(loginWaitMs);
    socket.once("close", () => timer.stop());
  }
}
