import type { Duplex } from "node:stream";
import { PatientTimer } from "../internal/patient-timer.js";

/** How long a peer has to read the answer and to close. */
const LINGER_MS = 1_000;
/** How many sockets may wait for their peers at once; those beyond are destroyed without an answer. */
const MAX_LINGERING = 1_000;

/**
 * Sockets that get an answer instead of a connection. Closing such a socket at once could reset it, which discards the
 * answer: so this reads and discards what the peer sends until the peer closes.
 */
export class RejectedSockets {
  readonly #lingering = new Set<Duplex>();

  /** Sends the answer, and closes the socket when the peer closes it, after a second at the latest. */
  add(socket: Duplex, answer: Uint8Array | string): void {
    // An error without a listener would end the process.
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

  /** Closes those that still wait for their peers. */
  destroyAll(): void {
    for (const socket of this.#lingering) socket.destroy();
  }
}
