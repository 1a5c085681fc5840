import type { DeflateSettings } from "./deflate-options.js";
import { Deflater } from "./deflater.js";
import type { ZlibTurns } from "./zlib-turns.js";

/** A payload that is compressed without context, once for all connections to which it is written meanwhile. */
export interface SharedMessage {
  readonly payload: Uint8Array;
  /** How many connections are to send it. */
  users: number;
  state: "new" | "deflating" | "done";
  /** Once `done`; undefined if zlib failed. */
  deflated: Uint8Array | undefined;
  /** Called when it is `done`. */
  readonly waiting: (() => void)[];
}

/** Compresses messages without context. Each window size has one for all connections. */
export class SharedDeflater {
  readonly #settings: DeflateSettings;
  readonly #windowBits: number;
  readonly #turns: ZlibTurns;
  /** No more than run at a time. */
  readonly #spares: Deflater[] = [];
  /**
   * Until they are compressed: so long a payload must not change, and the same array is the same message. After that it may
   * be another message in the same memory.
   */
  readonly #messages = new Map<Uint8Array, SharedMessage>();

  constructor(settings: DeflateSettings, windowBits: number, turns: ZlibTurns) {
    this.#settings = settings;
    this.#windowBits = windowBits;
    this.#turns = turns;
  }

  /** The message of a payload, with one user more. */
  share(payload: Uint8Array): SharedMessage {
    let message = this.#messages.get(payload);
    if (!message) {
      message = { payload, users: 0, state: "new", deflated: undefined, waiting: [] };
      this.#messages.set(payload, message);
    }
    message.users++;
    return message;
  }

  /** One user less: its connection is gone, or compresses the message itself. */
  leave(message: SharedMessage): void {
    message.users--;
    if (message.users === 0 && message.state === "new") this.#messages.delete(message.payload);
  }

  /** @param done called when it is compressed; not within this call */
  deflate(message: SharedMessage, done: () => void): void {
    message.waiting.push(done);
    if (message.state !== "new") return;
    message.state = "deflating";
    this.#turns.take(() => {
      const deflater = this.#spares.pop() ?? new Deflater(this.#settings, this.#windowBits);
      deflater.deflate(message.payload, (deflated) => {
        this.#recycle(deflater);
        this.#messages.delete(message.payload);
        message.state = "done";
        message.deflated = deflated;
        this.#turns.giveBack();
        for (const call of message.waiting) call();
      });
    });
  }

  #recycle(deflater: Deflater): void {
    if (deflater.isBroken) return;
    deflater.reset();
    this.#spares.push(deflater);
  }
}
