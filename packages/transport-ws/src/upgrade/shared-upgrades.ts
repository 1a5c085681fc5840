import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { PatientTimer } from "@im/transport-core/internal";
import { RejectedSockets } from "@im/transport-core/node";
import { endIfPipelined } from "./pipelined-upgrade.js";
import { refusalAnswer } from "./upgrade-refusal.js";
import { guardStream, offersWebSocket } from "./upgrade-rules.js";

/** One of several servers that share the upgrades of one HTTP server. */
export interface UpgradeTaker {
  /** How long an upgrade that is for no taker may stay unanswered by other listeners. */
  readonly loginWaitMs: number;
  isFor(request: IncomingMessage): boolean;
  take(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Called if the upgrade is for this taker, too, but another one got it. */
  missed(request: IncomingMessage): void;
}

const shared = new WeakMap<Server, SharedUpgrades>();

/** Gives each upgrade of a server to the first taker that it is for. @returns a function that removes the taker */
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
    // Before all other listeners, so that `bytesWritten` does not include what they write.
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
    const isOthers = !first && this.#server.listenerCount("upgrade") > 1;
    if (isOthers) this.#leaveToOthers(request);
    else if (endIfPipelined(request, this.#rejected)) return;
    else if (first) first.take(request, stream, head);
    else this.#rejected.add(request.socket, refusalAnswer(offersWebSocket(request) ? 404 : 400));
    for (const other of others) other.missed(request);
  };

  /** Ends the connection of an upgrade that no other listener of the server answers. */
  #leaveToOthers({ socket }: IncomingMessage): void {
    // A reset must not end the process before another listener has taken the socket over.
    socket.on("error", () => socket.destroy());
    const { bytesWritten } = socket;
    const loginWaitMs = Math.max(...[...this.#takers].map((taker) => taker.loginWaitMs));
    const timer = new PatientTimer(() => {
      if (socket.bytesWritten === bytesWritten) socket.destroy();
    }).start(loginWaitMs);
    socket.once("close", () => timer.stop());
  }
}
