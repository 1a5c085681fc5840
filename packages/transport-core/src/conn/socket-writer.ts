import type { FrameSink } from "./conn-driver.js";
import { WriteBatch } from "./write-batch.js";

/** What is used of a socket: the writing side of Node's `net.Socket` and `tls.TLSSocket`. */
export interface WritableSocket {
  readonly writableLength: number;
  cork(): void;
  uncork(): void;
  write(bytes: Uint8Array, taken?: () => void): boolean;
}

const NOTHING = new Uint8Array(0);

/** The writing half of a driver on a Node socket: collects encoded frames and hands them over in one system call. */
export class SocketWriter {
  /** Encode frames into this. */
  readonly batch = new WriteBatch();
  readonly #socket: WritableSocket;

  constructor(socket: WritableSocket) {
    this.#socket = socket;
  }

  get queuedBytes(): number {
    return this.batch.byteLength + this.#socket.writableLength;
  }

  /** @returns whether the system took everything at once; if not, `sink.drain` is called when it has. */
  flush(sink: Pick<FrameSink, "drain">): boolean {
    const socket = this.#socket;
    const pieces = this.batch.take();
    if (pieces.length === 1) {
      socket.write(pieces[0]!);
    } else if (pieces.length > 1) {
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    }
    const taken = socket.writableLength === 0;
    // Until the system has taken the bytes, they must stay as they are.
    this.batch.recycle(taken);
    // The callback of a write comes after those before it; 'drain' would only come above the socket's own mark.
    if (!taken) socket.write(NOTHING, () => sink.drain());
    return taken;
  }
}
