import { TransportError } from "../errors.js";
import { FullestFirst, type Holder, NO_PLACE } from "./fullest-first.js";

/** A connection that holds received bytes. */
export interface Recipient {
  /** Closes the connection, and drops what waits in it. */
  overfill(error: TransportError): void;
}

/** Above this part of the bound, connections whose messages wait for their reader stop reading. */
const CROWDED_SHARE = 1 / 2;

/** What one connection has received and holds: an incomplete message, and messages that wait for their reader. */
export class Received implements Holder {
  heldBytes = 0;
  place = NO_PLACE;
  readonly #total: ReceivedTotal;
  readonly #recipient: Recipient;
  #halfBytes = 0;

  constructor(total: ReceivedTotal, recipient: Recipient) {
    this.#total = total;
    this.#recipient = recipient;
  }

  /** Whether so much waits in all connections that messages should wait at the peers. */
  get isCrowded(): boolean {
    return this.#total.isCrowded;
  }

  /** More, or less, waits for its reader. */
  add(bytes: number): void {
    this.#total.add(this, bytes);
  }

  /** More, or less, is kept of a message that is not complete. */
  addHalf(bytes: number): void {
    this.#halfBytes += bytes;
    this.#total.add(this, bytes);
  }

  /** The connection has ended: its incomplete message is lost. */
  end(): void {
    this.addHalf(-this.#halfBytes);
  }

  overfill(error: TransportError): void {
    this.#recipient.overfill(error);
  }
}

/**
 * What all connections of a server have received and hold, with a bound. It counts messages that a chunk cuts and
 * messages that wait for their reader; what a listener takes at once costs nothing.
 */
export class ReceivedTotal {
  readonly maxBytes: number;
  bytes = 0;
  readonly #holders = new FullestFirst<Received>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get isCrowded(): boolean {
    return this.bytes > this.maxBytes * CROWDED_SHARE;
  }

  /** To count what a connection receives. */
  from(recipient: Recipient): Received {
    return new Received(this, recipient);
  }

  add(received: Received, bytes: number): void {
    this.bytes += bytes;
    received.heldBytes += bytes;
    if (received.place !== NO_PLACE) {
      if (received.heldBytes > 0) this.#holders.changed(received);
      else this.#holders.remove(received);
    } else if (bytes > 0) {
      this.#holders.add(received);
    }
    if (bytes > 0 && this.bytes > this.maxBytes) this.#relieve();
  }

  /** The connections that hold the most are closed, until the bound holds. */
  #relieve(): void {
    while (this.bytes > this.maxBytes) {
      const fullest = this.#holders.fullest();
      if (!fullest) return;
      this.#holders.remove(fullest);
      const what = `more than ${this.maxBytes} received bytes wait in the server: the connection with the most is closed`;
      fullest.overfill(new TransportError("IM_ERR_INBOX_FULL", what));
    }
  }
}
