import { type Frame, isControl, type OpCode } from "../contract/frame.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import { isReferred, type QueuedTotal } from "../limits/queued-total.js";
import type { ConnDriver } from "./conn-driver.js";
import { queueFull, queuesFull } from "./conn-errors.js";
import type { ConnSettings, CreateWriteQueue, QueueOwner } from "./conn-settings.js";
import { CountedQueue } from "./counted-queue.js";
import { FrameInbox } from "./frame-inbox.js";

/** What happens to a message for which the queue of its connection, or all queues together, have no room. */
export type OverflowPolicy = "close" | "drop-newest" | "drop-oldest";

/** What each policy makes of the queues of a server's connections. Dialers have a simpler one, and do not load these. */
export const overflowPolicies: Readonly<Record<OverflowPolicy, (total: QueuedTotal) => CreateWriteQueue>> = {
  close: (total) => (driver, settings, owner) => new CountedQueue(driver, settings, owner, total),
  "drop-newest": (total) => (driver, settings, owner) => new DropNewestQueue(driver, settings, owner, total),
  "drop-oldest": (total) => (driver, settings, owner) => new DropOldestQueue(driver, settings, owner, total),
};

/** While all queues together have no room, a peer for which nothing waits still gets messages of this size. */
const ALWAYS_TRIED_BYTES = 64 * 1024;

/** Refuses a message for which there is no room. */
class DropNewestQueue extends CountedQueue {
  override write(opCode: OpCode, payload: Uint8Array): void {
    if (!isControl(opCode)) this.#needRoom(payload, payload);
    super.write(opCode, payload);
  }

  override writeEncoded(frame: Uint8Array, opCode: OpCode, payload: Uint8Array): void {
    this.#needRoom(frame, payload);
    super.writeEncoded(frame, opCode, payload);
  }

  override flushBeyondLimit(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    super.flushBeyondLimit(deadlines, owner);
    return false;
  }

  override giveWay(): boolean {
    return false;
  }

  /** Whether such a message may be queued; even one that is larger than the limit may go, alone. */
  #hasRoom(bytes: number): boolean {
    const { queuedBytes } = this;
    return queuedBytes === 0 || queuedBytes + bytes <= this.limits.maxQueuedBytes;
  }

  /**
   * @param bytes what will be queued
   * @throws `IM_ERR_QUEUE_FULL`
   */
  #needRoom(bytes: Uint8Array, payload: Uint8Array): void {
    const { limits, total } = this;
    if (this.#hasRoom(payload.length) && total.hasRoom(bytes)) return;
    // A burst is no backlog: first the system gets what it takes at once.
    this.flush(limits.deadlines, this.owner);
    const hasRoom = this.#hasRoom(payload.length);
    if (hasRoom && (total.hasRoom(bytes) || isTried(this, bytes))) return;
    this.observer?.dropped("overflow-newest", payload.length);
    const consequence = "this message was dropped";
    throw hasRoom ? queuesFull(total.maxBytes, consequence) : queueFull(limits.maxQueuedBytes, consequence);
  }
}

/**
 * Gives up the oldest messages to make room for new ones. What the driver has encoded cannot be taken back; so while the
 * system takes nothing, messages are kept as they are. Control frames, which speak to the connection, pass them by.
 */
class DropOldestQueue extends CountedQueue {
  readonly #held: FrameInbox;
  #heldReferredBytes = 0;

  constructor(driver: ConnDriver, settings: ConnSettings, owner: QueueOwner, total: QueuedTotal) {
    super(driver, settings, owner, total);
    const { maxQueuedBytes } = settings;
    this.#held = new FrameInbox({ maxInboxMessages: Number.POSITIVE_INFINITY, maxInboxBytes: maxQueuedBytes });
  }

  override get queuedBytes(): number {
    return super.queuedBytes + this.#held.byteLength;
  }

  protected override get ownBytes(): number {
    return super.ownBytes + this.#held.memoryBytes - this.#heldReferredBytes;
  }

  /** Only what is held can be taken back. */
  protected override get heldBytes(): number {
    return this.#held.memoryBytes;
  }

  override write(opCode: OpCode, payload: Uint8Array): void {
    if (isControl(opCode)) {
      super.write(opCode, payload);
    } else if (this.isBlocked) {
      this.#hold(opCode, payload);
    } else {
      this.#release();
      if (this.#isTaken(payload, payload)) super.write(opCode, payload);
    }
  }

  override writeEncoded(frame: Uint8Array, opCode: OpCode, payload: Uint8Array): void {
    if (this.isBlocked) {
      this.#hold(opCode, payload);
    } else {
      this.#release();
      if (this.#isTaken(frame, payload)) super.writeEncoded(frame, opCode, payload);
    }
  }

  override flushBeyondLimit(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    super.flushBeyondLimit(deadlines, owner);
    return false;
  }

  override flush(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    if (!this.isBlocked) this.#release();
    return super.flush(deadlines, owner);
  }

  override close(code: number, reason: string): void {
    this.#release();
    super.close(code, reason);
  }

  override end(error: () => Error): void {
    while (this.#take());
    super.end(error);
  }

  override giveWay(): boolean {
    const oldest = this.#take();
    if (!oldest) return false;
    this.observer?.dropped("overflow-oldest", oldest.payload.length);
    if (this.backlog) this.total.update(this.backlog, this.ownBytes, this.heldBytes);
    return true;
  }

  /** Whether the connection is given a message; if even the oldest of all leave no room for it, it goes itself. */
  #isTaken(bytes: Uint8Array, payload: Uint8Array): boolean {
    const { limits, total } = this;
    if (total.hasRoom(bytes)) return true;
    total.relieve(bytes.length);
    if (total.hasRoom(bytes)) return true;
    // A burst is no backlog: first the system gets what it takes at once.
    this.flush(limits.deadlines, this.owner);
    if (isTried(this, bytes)) return true;
    this.observer?.dropped("overflow-oldest", payload.length);
    return false;
  }

  #hold(opCode: OpCode, payload: Uint8Array): void {
    const held = this.#held.add(opCode, payload);
    if (isReferred(held)) {
      this.#heldReferredBytes += held.length;
      this.total.refer(held);
    }
    // The newest stays, unless all queues together are full.
    while (this.#held.length > 1 && this.queuedBytes > this.limits.maxQueuedBytes) this.giveWay();
    if (this.backlog) this.recount();
  }

  #take(): Frame | undefined {
    const frame = this.#held.take();
    if (frame && isReferred(frame.payload)) {
      this.#heldReferredBytes -= frame.payload.length;
      this.total.release(frame.payload);
    }
    return frame;
  }

  /** What is held comes before all that is written now. */
  #release(): void {
    for (let frame = this.#take(); frame; frame = this.#take()) super.write(frame.opCode, frame.payload);
  }
}

function isTried(queue: CountedQueue, bytes: Uint8Array): boolean {
  return queue.queuedBytes === 0 && bytes.length <= ALWAYS_TRIED_BYTES;
}
