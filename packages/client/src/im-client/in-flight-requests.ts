import type { PendingRequest } from "./pending-request.js";

const FIRST_SLOTS = 64;

/**
 * The requests that were sent and have not settled, by the sequence of their packet: a ring in which each has the slot of
 * its sequence. A Map would do the same, but one that is filled and emptied all the time leaves tables behind that V8
 * promotes to its old space, where they keep the requests of later tables alive: on Node 24 a request cost twice as much.
 */
export class InFlightRequests {
  #slots: (PendingRequest | undefined)[] = new Array(FIRST_SLOTS).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(sequence: number): PendingRequest | undefined {
    const request = this.#slots[this.#slotOf(sequence)];
    return request?.sequence === sequence ? request : undefined;
  }

  /** Whether a request may be sent with this sequence. When it may not, one of the next sequences is free. */
  isFree(sequence: number): boolean {
    return this.#slots[this.#slotOf(sequence)] === undefined;
  }

  /** @param request has a sequence that is free */
  add(request: PendingRequest): void {
    this.#slots[this.#slotOf(request.sequence)] = request;
    this.#size++;
    if (this.#size * 2 > this.#slots.length) this.#grow();
  }

  /** @returns whether it was there */
  delete(request: PendingRequest): boolean {
    if (this.get(request.sequence) !== request) return false;
    this.#slots[this.#slotOf(request.sequence)] = undefined;
    this.#size--;
    return true;
  }

  /** Takes all out, in the order in which they were sent. */
  takeAll(): PendingRequest[] {
    const all = this.#slots.filter((request) => request !== undefined);
    this.#slots.fill(undefined);
    this.#size = 0;
    // Sequences begin anew after the last one: compared by their distance (RFC 1982).
    return all.sort((a, b) => (a.sequence - b.sequence) | 0);
  }

  #slotOf(sequence: number): number {
    return sequence & (this.#slots.length - 1);
  }

  /** Slots that differ modulo the old length differ modulo the new one as well. */
  #grow(): void {
    const all = this.#slots;
    this.#slots = new Array(all.length * 2).fill(undefined);
    for (const request of all) if (request) this.#slots[this.#slotOf(request.sequence)] = request;
  }
}
