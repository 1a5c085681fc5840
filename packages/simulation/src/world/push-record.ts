import type { ClientRecord } from "./client-record.js";
import type { GatewayLife } from "./gateway-life.js";
import type { NoteBody } from "./ledger.js";

export interface Arrival extends NoteBody {
  readonly client: ClientRecord;
  readonly subscription: string;
  readonly missed: number;
}

/** A push that its gateway has given to the sessions of an account. */
export interface PushedNote extends NoteBody {
  readonly account: string;
  readonly life: GatewayLife;
  /** The sessions of this gateway whose channels took it. */
  readonly channelIds: readonly string[];
}

/** The pushes that were received, in order. */
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

  received(subscription: string, client: ClientRecord, { source, number }: NoteBody, missed: number): void {
    const arrival = { source, number, client, subscription, missed };
    this.arrivals.push(arrival);
    this.#whenReceived(arrival);
  }
}
