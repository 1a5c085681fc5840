import type { Duplex } from "node:stream";
import { PatientTimer } from "../internal/patient-timer.js";

/** How long a peer has to read the answer and close. */
const LINGER_MS = 1_000;
/** How many sockets may wait for that at once; those beyond are destroyed without an answer. */
const MAX_LINGERING = 1_000;

/**
 * Sockets that get an answer instead of a connection. To close one at once would reset it, and the peer would lose the
 * answer if it has sent something itself; so what it sends is read and discarded until it closes.
 */
export class RejectedSockets {
  readonly #lingering = new Set<Duplex>();

  /** Sends the answer, and closes the socket when the peer does, at the latest after a second. */
  add(socket: Duplex, answer: Uint8Array | string): void {
    // An error that nobody listens to would end the process.
    socket.on("error", () => socket.destroy());
    if (this.#lingering.size >= MAX_LINGERING) {
      socket.destroy();
      return;
    }
    this.#lingering.add(socket);
    const timer = new PatientTimer(() => socket.destroy()).start(LINGER_MS);
    socket.once("close", () => {
      timer.stop();
      this.#lingering.delete(socket);
    });
    socket.once("end", () => socket.destroy());
    socket.resume();
    socket.end(answer);
  }

  /** Closes all that still wait. */
  destroyAll(): void {
    for (const socket of this.#lingering) socket.destroy();
  }
}
