import { CloseCode } from "../contract/close-code.js";
import { type Frame, isControl, type OpCode } from "../contract/frame.js";
import { isReferred, type QueuedTotal } from "../limits/queued-total.js";
import type { Backlog, BoundedQueue } from "./backlog.js";
import { queueFull, queuesFull } from "./conn-errors.js";
import { FrameInbox } from "./frame-inbox.js";
import { Overflow } from "./overflow.js";

/** What happens to a message for which the queue of its connection, or all queues together, have no room. */
export type OverflowPolicy = "close" | "drop-newest" | "drop-oldest";

/** For the connections of one server. Dialers have none of these, and do not load them. */
export const overflowPolicies: Readonly<Record<OverflowPolicy, (total: QueuedTotal) => Overflow>> = {
  close: (total) => new CloseFullest(total),
  "drop-newest": (total) => new DropNewest(total),
  "drop-oldest": (total) => new DropOldest(total),
};

/** While all queues together have no room, a peer for which nothing waits still gets messages of this size. */
const ALWAYS_TRIED_BYTES = 64 * 1024;

/** Closes the connection whose queue is full; if all queues together are, the one with the fullest queue. */
class CloseFullest extends Overflow {
  readonly isLossy = false;

  giveWay(queue: BoundedQueue): boolean {
    const full = queuesFull(this.total.maxBytes, "the connection with the most of them is closed");
    queue.cut(CloseCode.PolicyViolation, "write queues are full", full);
    return true;
  }
}

/** Refuses a message for which there is no room. */
class DropNewest extends Overflow {
  readonly isLossy = true;

  giveWay(): boolean {
    return false;
  }

  override admits(queue: BoundedQueue, opCode: OpCode, payload: Uint8Array, bytes: Uint8Array): boolean {
    const { total } = this;
    if (isControl(opCode) || (hasRoom(queue, payload) && total.hasRoom(bytes))) return true;
    // A burst is no backlog: first the system gets what it takes at once.
    queue.flush();
    const isOwnFull = !hasRoom(queue, payload);
    if (!isOwnFull && (total.hasRoom(bytes) || isTried(queue, bytes))) return true;
    queue.observer?.dropped("overflow-newest", payload.length);
    const consequence = "this message was dropped";
    throw isOwnFull ? queueFull(queue.settings.maxQueuedBytes, consequence) : queuesFull(total.maxBytes, consequence);
  }
}

/**
 * Drops the oldest messages to make room for new ones. What the driver has encoded cannot be taken back; so while the system
 * takes nothing, messages are kept as they are. Control frames overtake them.
 */
class DropOldest extends Overflow {
  readonly isLossy = true;

  protected override ownBytes(queue: BoundedQueue, backlog: Backlog): number {
    const unencodedBytes = (backlog.unencoded?.memoryBytes ?? 0) - backlog.unencodedReferredBytes;
    return super.ownBytes(queue, backlog) + unencodedBytes;
  }

  /** Only what is not encoded can be dropped. */
  protected override heldBytes(_queue: BoundedQueue, { unencoded }: Backlog): number {
    return unencoded?.memoryBytes ?? 0;
  }

  override admits(queue: BoundedQueue, opCode: OpCode, payload: Uint8Array, bytes: Uint8Array): boolean {
    if (isControl(opCode)) return true;
    // A burst is no backlog: first the system gets what it takes at once. Beyond that, messages can still be dropped.
    if (!queue.backlog && !hasRoom(queue, payload)) queue.flush();
    if (queue.backlog) {
      this.#keep(queue, queue.backlog, opCode, payload);
      return false;
    }
    if (this.#makesRoom(queue, bytes)) return true;
    queue.observer?.dropped("overflow-oldest", payload.length);
    return false;
  }

  override giveWay(queue: BoundedQueue): boolean {
    const { backlog } = queue;
    const oldest = backlog && this.#take(backlog);
    if (!oldest) return false;
    queue.observer?.dropped("overflow-oldest", oldest.payload.length);
    this.update(queue, backlog);
    return true;
  }

  override drained(queue: BoundedQueue): void {
    this.#encodeAll(queue);
    super.drained(queue);
  }

  override closing(queue: BoundedQueue): void {
    this.#encodeAll(queue);
  }

  override ended(queue: BoundedQueue): void {
    while (queue.backlog && this.#take(queue.backlog));
    super.ended(queue);
  }

  /** Whether a message can be encoded; if dropping the oldest of all leaves no room for it, it is dropped itself. */
  #makesRoom(queue: BoundedQueue, bytes: Uint8Array): boolean {
    const { total } = this;
    if (total.hasRoom(bytes)) return true;
    total.relieve(bytes.length);
    if (total.hasRoom(bytes)) return true;
    // A burst is no backlog: first the system gets what it takes at once.
    queue.flush();
    return isTried(queue, bytes);
  }

  #keep(queue: BoundedQueue, backlog: Backlog, opCode: OpCode, payload: Uint8Array): void {
    backlog.unencoded ??= new FrameInbox({
      maxInboxMessages: Number.POSITIVE_INFINITY,
      maxInboxBytes: queue.settings.maxQueuedBytes,
    });
    const kept = backlog.unencoded.add(opCode, payload);
    if (isReferred(kept)) {
      backlog.unencodedReferredBytes += kept.length;
      this.total.refer(kept);
    }
    // The newest stays, unless all queues together are full.
    while (backlog.unencoded.length > 1 && queue.queuedBytes > queue.settings.maxQueuedBytes) this.giveWay(queue);
    this.recount(queue, backlog);
  }

  #take(backlog: Backlog): Frame | undefined {
    const frame = backlog.unencoded?.take();
    if (frame && isReferred(frame.payload)) {
      backlog.unencodedReferredBytes -= frame.payload.length;
      this.total.release(frame.payload);
    }
    return frame;
  }

  #encodeAll(queue: BoundedQueue): void {
    const { backlog } = queue;
    if (!backlog) return;
    for (let frame = this.#take(backlog); frame; frame = this.#take(backlog)) {
      try {
        queue.driver.writeFrame(frame.opCode, frame.payload);
        this.note(queue, frame.payload);
      } catch {
        // The transport cannot send it. While the system takes bytes, the push itself throws.
        queue.observer?.dropped("overflow-oldest", frame.payload.length);
      }
    }
  }
}

/** Whether a message may wait here; even one that is larger than the limit may, alone. */
function hasRoom({ queuedBytes, settings }: BoundedQueue, { length }: Uint8Array): boolean {
  return queuedBytes === 0 || queuedBytes + length <= settings.maxQueuedBytes;
}

function isTried({ queuedBytes }: BoundedQueue, { length }: Uint8Array): boolean {
  return queuedBytes === 0 && length <= ALWAYS_TRIED_BYTES;
}
