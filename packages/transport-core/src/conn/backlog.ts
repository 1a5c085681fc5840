import type { TransportError } from "../errors.js";
import { NO_PLACE } from "../limits/fullest-first.js";
import type { QueueShare } from "../limits/queued-total.js";
import type { ConnDriver } from "./conn-driver.js";
import type { FrameInbox } from "./frame-inbox.js";
import type { WriteObserver } from "./write-observer.js";

/** A connection, as far as it concerns what waits to leave it. */
export interface BoundedQueue {
  /** While the system takes no more bytes. */
  backlog: Backlog | undefined;
  /** Of what was written since the last flush: the payloads that other connections may refer to as well. */
  unflushed: Uint8Array[] | undefined;
  /** Whether what waits will not leave any more: the connection is cut or closed. */
  readonly isLost: boolean;
  readonly driver: ConnDriver;
  readonly settings: { readonly maxQueuedBytes: number };
  readonly observer: WriteObserver | undefined;
  /** All that waits, encoded or not. */
  readonly queuedBytes: number;
  flush(): boolean;
  /** Says Close as far as the system takes it at once, and closes the socket without waiting for the peer. */
  cut(code: number, reason: string, error: TransportError): Error;
}

/** Makes room in a queue, if it can. */
interface GivesWay {
  giveWay(queue: BoundedQueue): boolean;
}

/** What one queue holds while the system takes nothing from it. */
export class Backlog implements QueueShare {
  heldBytes = 0;
  place = NO_PLACE;
  ownBytes = 0;
  readonly referred: Uint8Array[] = [];
  referredBytes = 0;
  /** Messages that are not encoded yet, so that they can still be dropped. */
  unencoded: FrameInbox | undefined;
  /** Of them, what other queues may refer to as well. */
  unencodedReferredBytes = 0;
  readonly #queue: BoundedQueue;
  readonly #policy: GivesWay;

  constructor(queue: BoundedQueue, policy: GivesWay) {
    this.#queue = queue;
    this.#policy = policy;
  }

  get unencodedBytes(): number {
    return this.unencoded?.byteLength ?? 0;
  }

  giveWay(): boolean {
    return this.#policy.giveWay(this.#queue);
  }
}
