import { WireError } from "./wire-error.js";

/** As in kim, 4294967295 is never handed out. */
const LAST = 0xfffffffe;

/**
 * The sequence numbers of one client: 1 … 4294967294, then 1 again. 0 is never handed out, because in a new request it
 * means "take the next".
 */
export class Sequence {
  #next: number;

  /** @param start the first number, default 1. Throws IM_ERR_WIRE_ARGUMENT unless it is 1 … 4294967294. */
  constructor(start = 1) {
    if (!Number.isInteger(start) || start < 1 || start > LAST) {
      throw new WireError(
        "IM_ERR_WIRE_ARGUMENT",
        `start must be an integer from 1 to 4294967294, not ${String(start)}.`,
      );
    }
    this.#next = start;
  }

  next(): number {
    const sequence = this.#next;
    this.#next = sequence === LAST ? 1 : sequence + 1;
    return sequence;
  }
}
