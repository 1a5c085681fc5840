import type { Socket } from "node:net";
import type { DirectionFaults } from "./faults.js";

/** What has travelled one way. */
export interface PipeStatistics {
  readonly receivedBytes: number;
  readonly forwardedBytes: number;
  readonly droppedBytes: number;
  /** When bytes were forwarded last, by `Date.now()`; 0 if never. */
  readonly forwardedAtMs: number;
}

/** What is under way: bytes, or the end after them. */
interface Parcel {
  readonly what: Uint8Array | "end" | "reset";
  readonly dueMs: number;
}

/** How much is under way before the sender is held back, as a network does. */
const MAX_BYTES_UNDER_WAY = 1024 * 1024;

/** One direction of a connection: takes from one socket, and gives to the other, later and in pieces. */
export class Pipe implements PipeStatistics {
  receivedBytes = 0;
  forwardedBytes = 0;
  droppedBytes = 0;
  forwardedAtMs = 0;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #random: () => number;
  readonly #reset: () => void;
  #faults: DirectionFaults;
  #underWay: Parcel[] = [];
  #bytesUnderWay = 0;
  #latestDueMs = 0;
  #lineFreeMs = 0;
  #sliceBytesLeft = 0;
  #isCarrying = false;
  #isOver = false;

  /** @param reset resets both ends */
  constructor(from: Socket, to: Socket, faults: DirectionFaults, random: () => number, reset: () => void) {
    this.#from = from;
    this.#to = to;
    this.#faults = faults;
    this.#random = random;
    this.#reset = reset;
    from.on("data", (chunk: Uint8Array) => this.#take(chunk));
    from.on("end", () => this.send("end"));
    from.on("error", () => this.send("reset"));
  }

  /** Counts for what comes from now on, and `drop` for what is under way as well. */
  setFaults(faults: DirectionFaults): void {
    this.#faults = faults;
  }

  /** Sends an end, behind the bytes that are under way. */
  send(end: "end" | "reset"): void {
    if (!this.#faults.drop) this.#dispatch(end);
  }

  /** Nothing travels any more. */
  cut(): void {
    this.#isOver = true;
    this.#underWay = [];
  }

  #take(chunk: Uint8Array): void {
    const { drop, resetAtByte = Number.POSITIVE_INFINITY } = this.#faults;
    const resetsIn = resetAtByte - this.receivedBytes;
    this.receivedBytes += chunk.length;
    if (drop) {
      this.droppedBytes += chunk.length;
    } else if (resetsIn < chunk.length) {
      if (resetsIn > 0) this.#dispatch(chunk.subarray(0, resetsIn));
      this.#dispatch("reset");
    } else {
      this.#dispatch(chunk);
    }
  }

  #dispatch(what: Parcel["what"]): void {
    if (this.#isOver) return;
    const { latencyMs = 0, jitterMs = 0 } = this.#faults;
    const nowMs = performance.now();
    const delayMs = Math.max(0, latencyMs + (2 * this.#random() - 1) * jitterMs);
    this.#latestDueMs = Math.max(this.#latestDueMs, nowMs + delayMs);
    if (typeof what === "string") {
      this.#underWay.push({ what, dueMs: this.#latestDueMs });
    } else {
      for (const slice of this.#slices(what)) {
        this.#underWay.push({ what: slice, dueMs: this.#departure(slice.length, nowMs, delayMs) });
      }
      this.#bytesUnderWay += what.length;
      if (this.#bytesUnderWay > MAX_BYTES_UNDER_WAY) this.#from.pause();
    }
    void this.#carry();
  }

  /** When the last of so many bytes is through, on a line that takes one after the other. */
  #departure(bytes: number, nowMs: number, delayMs: number): number {
    const { bytesPerSecond = Number.POSITIVE_INFINITY } = this.#faults;
    this.#lineFreeMs = Math.max(this.#lineFreeMs, nowMs) + (bytes / bytesPerSecond) * 1000;
    this.#latestDueMs = Math.max(this.#latestDueMs, this.#lineFreeMs + delayMs);
    return this.#latestDueMs;
  }

  *#slices(chunk: Uint8Array): Generator<Uint8Array> {
    const { maxSliceBytes } = this.#faults;
    if (maxSliceBytes === undefined) {
      yield chunk;
      return;
    }
    // A slice goes on in the next chunk, so that where the stream is cut depends on the seed and not on the system.
    for (let start = 0; start < chunk.length; ) {
      if (this.#sliceBytesLeft === 0) this.#sliceBytesLeft = 1 + Math.floor(this.#random() * maxSliceBytes);
      const slice = chunk.subarray(start, start + this.#sliceBytesLeft);
      this.#sliceBytesLeft -= slice.length;
      start += slice.length;
      yield slice;
    }
  }

  /** Delivers the chunks that are due, in order, until none is left. */
  async #carry(): Promise<void> {
    if (this.#isCarrying) return;
    this.#isCarrying = true;
    for (let parcel = this.#underWay.shift(); parcel; parcel = this.#underWay.shift()) {
      const waitMs = parcel.dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (this.#isOver) break;
      await this.#hand(parcel.what);
    }
    this.#isCarrying = false;
  }

  async #hand(what: Parcel["what"]): Promise<void> {
    if (what === "reset") {
      if (!this.#faults.drop) this.#reset();
    } else if (what === "end") {
      if (!this.#faults.drop) this.#to.end();
    } else {
      await this.#forward(what);
      this.#bytesUnderWay -= what.length;
      if (this.#from.isPaused() && this.#bytesUnderWay <= MAX_BYTES_UNDER_WAY) this.#from.resume();
    }
  }

  async #forward(bytes: Uint8Array): Promise<void> {
    if (this.#faults.drop || !this.#to.writable) {
      this.droppedBytes += bytes.length;
      return;
    }
    this.forwardedAtMs = Date.now();
    // The callback comes once the system took the bytes, so a peer that does not read holds back the sender.
    await new Promise<void>((taken) => this.#to.write(bytes, () => taken()));
    this.forwardedBytes += bytes.length;
    if (this.#faults.maxSliceBytes !== undefined) await new Promise((nextTurn) => setImmediate(nextTurn));
  }
}
