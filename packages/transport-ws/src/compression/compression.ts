import type { DeflateSettings } from "./deflate-options.js";
import { Inflater } from "./inflater.js";
import type { Direction } from "./negotiation.js";
import { SharedDeflater } from "./shared-deflater.js";
import { ZlibTurns } from "./zlib-turns.js";

/** What the compressed connections of a server or dialer share: turns of zlib, and compressors that no connection owns. */
export class Compression {
  readonly settings: DeflateSettings;
  readonly turns: ZlibTurns;
  /** By window bits. */
  readonly #deflaters: SharedDeflater[] = [];
  readonly #inflaters: Inflater[][] = [];

  constructor(settings: DeflateSettings) {
    this.settings = settings;
    this.turns = new ZlibTurns(settings.concurrencyLimit);
  }

  /** For messages without context. */
  deflaterFor({ windowBits }: Direction): SharedDeflater {
    this.#deflaters[windowBits] ??= new SharedDeflater(this.settings, windowBits, this.turns);
    return this.#deflaters[windowBits];
  }

  /** A decompressor that has no context. */
  takeInflater({ windowBits }: Direction): Inflater {
    return this.#inflaters[windowBits]?.pop() ?? new Inflater(windowBits);
  }

  /** Takes one back whose message is whole. */
  returnInflater(inflater: Inflater, { windowBits }: Direction): void {
    this.#inflaters[windowBits] ??= [];
    const spares = this.#inflaters[windowBits];
    if (!inflater.isUsable || spares.length >= this.settings.concurrencyLimit) {
      inflater.close();
      return;
    }
    inflater.reset();
    spares.push(inflater);
  }
}
