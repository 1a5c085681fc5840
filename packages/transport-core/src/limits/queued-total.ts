import { COPY_LIMIT_BYTES } from "./copy-limit.js";
import { FullestFirst, type Holder } from "./fullest-first.js";

/** What one queue holds while the system takes nothing from it. */
export interface QueueShare extends Holder {
  /** Bytes that no other queue has. */
  ownBytes: number;
  /** What it refers to, and others may as well. */
  readonly referred: Uint8Array[];
  referredBytes: number;
  /** Gives up some of what it holds, so that less waits in all. @returns false if it has nothing to give */
  giveWay(): boolean;
}

/** Bursts up to this part of the bound are not looked at within a turn. */
const BURST_SHARE = 1 / 16;

/**
 * What waits in all queues of a server together, with a bound. Only what the system did not take counts, so a message to a
 * peer that reads costs one addition. What many queues refer to counts once; smaller payloads are copied.
 */
export class QueuedTotal {
  readonly maxBytes: number;
  /** What waits now. */
  bytes = 0;
  /** Written to queues that may still be taken, since this was last looked at. */
  #burstBytes = 0;
  readonly #shares = new FullestFirst<QueueShare>();
  /** What is large enough to be referred to, and by how many queues it is. */
  readonly #references = new Map<Uint8Array, number>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** @returns whether bursts are so large that the system should get them at once, to see what remains */
  addsBurst(bytes: number): boolean {
    this.#burstBytes += bytes;
    if (this.#burstBytes <= this.maxBytes * BURST_SHARE || this.#burstBytes + this.bytes <= this.maxBytes) return false;
    this.#burstBytes = 0;
    return true;
  }

  /**
   * Whether such a message may wait besides; even one that is larger than the bound may, alone. One that waits elsewhere adds
   * nothing, but stays for as long as the slowest queue has it: beyond the bound it has no room either.
   */
  hasRoom(message: Uint8Array): boolean {
    const addedBytes = this.#references.has(message) ? 0 : message.length;
    return this.bytes + addedBytes <= this.maxBytes || this.bytes === 0;
  }

  /** Lets the fullest queue give way, again and again, until the bound holds or none has anything to give. */
  relieve(neededBytes = 0): void {
    while (this.bytes + neededBytes > this.maxBytes) {
      if (!this.#shares.fullest()?.giveWay()) return;
    }
  }

  add(share: QueueShare): void {
    this.#shares.add(share);
  }

  addReferred(share: QueueShare, bytes: Uint8Array): void {
    share.referred.push(bytes);
    share.referredBytes += bytes.length;
    this.refer(bytes);
  }

  /** @param heldBytes by which the fullest is found */
  update(share: QueueShare, ownBytes: number, heldBytes: number): void {
    this.bytes += ownBytes - share.ownBytes;
    share.ownBytes = ownBytes;
    share.heldBytes = heldBytes;
    this.#shares.changed(share);
  }

  /** All that it holds is gone, or with the system. */
  remove(share: QueueShare): void {
    this.bytes -= share.ownBytes;
    for (const bytes of share.referred) this.release(bytes);
    this.#shares.remove(share);
  }

  /** A queue refers to bytes. */
  refer(bytes: Uint8Array): void {
    const references = this.#references.get(bytes) ?? 0;
    if (references === 0) this.bytes += bytes.length;
    this.#references.set(bytes, references + 1);
  }

  /** It refers to them no more. */
  release(bytes: Uint8Array): void {
    const references = this.#references.get(bytes)! - 1;
    if (references > 0) {
      this.#references.set(bytes, references);
    } else {
      this.#references.delete(bytes);
      this.bytes -= bytes.length;
    }
  }
}

/** Whether queues refer to these bytes instead of copying them. */
export function isReferred(bytes: Uint8Array): boolean {
  return bytes.length > COPY_LIMIT_BYTES;
}
