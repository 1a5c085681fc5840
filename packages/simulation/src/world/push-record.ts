import type { ClientNode } from "./client-node.js";
import type { NoteBody } from "./ledger.js";

export interface Arrival extends NoteBody {
  readonly client: ClientNode;
  readonly subscription: string;
  readonly missed: number;
}

/** The pushes that were received, in order, and who is asked about each of them. */
export class PushRecord {
  readonly arrivals: Arrival[] = [];
  readonly #whenReceived: (arrival: Arrival) => void;
  #subscriptions = 0;
  #sources = 0;

  constructor(whenReceived: (arrival: Arrival) => void) {
    this.#whenReceived = whenReceived;
  }

  nextSubscription(): number {
    return ++this.#subscriptions;
  }

  /** A name for pushes that are numbered together. */
  nextSource(): string {
    return `s${++this.#sources}`;
  }

  received(subscription: string, client: ClientNode, { source, number }: NoteBody, missed: number): void {
    const arrival = { source, number, client, subscription, missed };
    this.arrivals.push(arrival);
    this.#whenReceived(arrival);
  }
}
