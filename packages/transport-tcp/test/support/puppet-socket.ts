import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** What a driver uses of a socket, in memory and without delay, for tests with very many connections. */
export class PuppetSocket extends EventEmitter {
  readonly writableLength = 0;
  readonly written: Uint8Array[] = [];
  #closed = false;

  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  cork(): void {}

  uncork(): void {}

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes.slice());
    return true;
  }

  pause(): void {}

  resume(): void {}

  end(): void {}

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit("close");
  }

  /** The peer hangs up. */
  hangUp(): void {
    this.emit("end");
    this.destroy();
  }
}
