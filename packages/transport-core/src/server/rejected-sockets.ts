import { PatientTimer } from "../internal/patient-timer.js";

/** What is used of a socket that is turned away; Node's `net.Socket` and `tls.TLSSocket` have it. */
interface RefusedSocket {
  end(bytes: Uint8Array | string): unknown;
  resume(): unknown;
  destroy(): unknown;
  on(event: "error", listener: () => void): unknown;
  once(event: "end" | "close", listener: () => void): unknown;
}

/** How long a peer has to take the answer and hang up. */
const LINGER_MS = 1_000;
/** How many are given that time at once; those beyond get no answer. */
const MAX_LINGERING = 1_000;

/**
 * Sockets that get an answer instead of a connection. Closing one at once would reset it, and the peer would lose the
 * answer if anything of its own is under way; so what it sends is taken and thrown away until it hangs up.
 */
export class RejectedSockets {
  readonly #lingering = new Set<RefusedSocket>();

  /** Sends the answer, and closes the socket when the peer does, at the latest after a second. */
  add(socket: RefusedSocket, answer: Uint8Array | string): void {
    // Its reset must not end the process.
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

  /** Closes those that still linger. */
  destroyAll(): void {
    for (const socket of this.#lingering) socket.destroy();
  }
}
