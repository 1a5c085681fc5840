import type { OpCode } from "../contract/frame.js";
import { isReferred, type QueuedTotal } from "../limits/queued-total.js";
import { Backlog, type BoundedQueue } from "./backlog.js";
import { queuesFull } from "./conn-errors.js";
import { flushWaiting } from "./end-of-turn.js";

/**
 * Counts what waits in the queues of all connections of a server, and says what becomes of a message for which there is no
 * room. One object for all connections: what it knows of a queue stands in the queue's {@link Backlog}.
 */
export abstract class Overflow {
  protected readonly total: QueuedTotal;

  constructor(total: QueuedTotal) {
    this.total = total;
  }

  /** Whether messages are dropped where there is no room, instead of a connection being closed. */
  abstract readonly isLossy: boolean;

  /** Makes room in a queue, so that less waits in all. @returns false if it has nothing to give */
  abstract giveWay(queue: BoundedQueue): boolean;

  /**
   * Asked before a frame is encoded.
   *
   * @param bytes what will be queued: the payload, or the whole frame if it is encoded already
   * @returns whether to encode it now; if not, it was dropped, or is kept until the system takes bytes again
   * @throws `IM_ERR_QUEUE_FULL`
   */
  admits(_queue: BoundedQueue, _opCode: OpCode, _payload: Uint8Array, _bytes: Uint8Array): boolean {
    return true;
  }

  /** A frame was encoded. @throws `IM_ERR_QUEUE_FULL` if its connection was closed for it */
  written(queue: BoundedQueue, bytes: Uint8Array): void {
    this.note(queue, bytes);
    if (queue.backlog) {
      this.recount(queue, queue.backlog);
    } else if (this.total.addsBurst(bytes.length)) {
      // A burst is no backlog: first the system gets what it takes at once.
      flushWaiting();
      queue.flush();
    }
    if (queue.isLost) throw queuesFull(this.total.maxBytes, "the connection is closed");
  }

  flushed(queue: BoundedQueue, isTaken: boolean): void {
    if (isTaken) queue.unflushed = undefined;
    else if (queue.isLost) return;
    else if (queue.backlog) this.recount(queue, queue.backlog);
    else this.#begin(queue);
  }

  /** The system has taken all that was flushed. */
  drained(queue: BoundedQueue): void {
    this.#end(queue);
  }

  /** Close is about to be written. */
  closing(_queue: BoundedQueue): void {}

  /** What waits in the queue will not leave. */
  ended(queue: BoundedQueue): void {
    queue.unflushed = undefined;
    this.#end(queue);
  }

  /** What a queue holds besides what it refers to. */
  protected ownBytes(queue: BoundedQueue, { referredBytes }: Backlog): number {
    return Math.max(0, queue.driver.queuedBytes - referredBytes);
  }

  /** How full a queue is, beside others. */
  protected heldBytes(queue: BoundedQueue, _backlog: Backlog): number {
    return queue.queuedBytes;
  }

  /** Remembers what many queues may refer to. */
  protected note(queue: BoundedQueue, bytes: Uint8Array): void {
    if (!isReferred(bytes)) return;
    queue.unflushed ??= [];
    queue.unflushed.push(bytes);
    if (queue.backlog) this.total.addReferred(queue.backlog, bytes);
  }

  protected update(queue: BoundedQueue, backlog: Backlog): void {
    this.total.update(backlog, this.ownBytes(queue, backlog), this.heldBytes(queue, backlog));
  }

  /** Tells the total what a queue holds now; the fullest gives way if it is too much. */
  protected recount(queue: BoundedQueue, backlog: Backlog): void {
    this.update(queue, backlog);
    this.total.relieve();
  }

  #begin(queue: BoundedQueue): void {
    const backlog = new Backlog(queue, this);
    queue.backlog = backlog;
    this.total.add(backlog);
    for (const bytes of queue.unflushed ?? []) this.total.addReferred(backlog, bytes);
    queue.unflushed = undefined;
    this.recount(queue, backlog);
  }

  #end(queue: BoundedQueue): void {
    if (queue.backlog) this.total.remove(queue.backlog);
    queue.backlog = undefined;
  }
}
