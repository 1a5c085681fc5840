import { CloseCode } from "../contract/close-code.js";
import type { OpCode } from "../contract/frame.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import { Backlog, type BackloggedQueue, isReferred, type QueuedTotal } from "../limits/queued-total.js";
import type { ConnDriver } from "./conn-driver.js";
import { queuesFull } from "./conn-errors.js";
import type { ConnSettings, QueueOwner } from "./conn-settings.js";
import { flushWaiting } from "./end-of-turn.js";
import { WriteQueue } from "./write-queue.js";

/**
 * The queue of a server's connection: what waits in it counts in the total of all queues. Beyond a bound, be it its own or
 * that of all, the connection is closed.
 */
export class CountedQueue extends WriteQueue implements BackloggedQueue {
  declare protected limits: ConnSettings;
  protected readonly total: QueuedTotal;
  protected readonly owner: QueueOwner;
  /** While the system takes nothing. */
  protected backlog: Backlog | undefined;
  /** Of what was written since the last flush: what others may refer to as well. */
  #unflushed: Uint8Array[] | undefined;
  #isOver = false;

  constructor(driver: ConnDriver, settings: ConnSettings, owner: QueueOwner, total: QueuedTotal) {
    super(driver, settings);
    this.owner = owner;
    this.total = total;
  }

  /** What it holds besides what it refers to. */
  protected get ownBytes(): number {
    return Math.max(0, this.driver.queuedBytes - this.backlog!.referredBytes);
  }

  /** How full it is, beside others. */
  protected get heldBytes(): number {
    return this.queuedBytes;
  }

  override write(opCode: OpCode, payload: Uint8Array): void {
    super.write(opCode, payload);
    this.#written(payload);
  }

  override writeEncoded(frame: Uint8Array, opCode: OpCode, payload: Uint8Array): void {
    super.writeEncoded(frame, opCode, payload);
    this.#written(frame);
  }

  /** @throws `IM_ERR_QUEUE_FULL` if this connection was closed for it */
  #written(bytes: Uint8Array): void {
    if (isReferred(bytes)) {
      this.#unflushed ??= [];
      this.#unflushed.push(bytes);
    }
    if (this.backlog) {
      if (isReferred(bytes)) this.total.addReferred(this.backlog, bytes);
      this.recount();
    } else if (this.total.addsBurst(bytes.length)) {
      // A burst is no backlog: first the system gets what it takes at once.
      flushWaiting();
      this.flush(this.limits.deadlines, this.owner);
    }
    if (this.#isOver) throw queuesFull(this.total.maxBytes, "the connection is closed");
  }

  override flush(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    const isTaken = super.flush(deadlines, owner);
    if (isTaken) this.#unflushed = undefined;
    else this.#begin();
    return isTaken;
  }

  override drain(deadlines: DeadlineWheel, owner: Deadlined): void {
    this.#end();
    super.drain(deadlines, owner);
  }

  override close(code: number, reason: string): void {
    super.close(code, reason);
    if (this.backlog) this.recount();
    else if (this.driver.queuedBytes > 0) this.#begin();
  }

  override end(error: () => Error): void {
    this.#isOver = true;
    this.#end();
    super.end(error);
  }

  giveWay(): boolean {
    this.#isOver = true;
    this.#end();
    const full = queuesFull(this.total.maxBytes, "the connection with the most of them is closed");
    this.owner.cut(CloseCode.PolicyViolation, "write queues are full", full);
    return true;
  }

  /** Tells the total what this queue holds now. */
  protected recount(): void {
    this.total.update(this.backlog!, this.ownBytes, this.heldBytes);
    this.total.relieve();
  }

  /** The system did not take all. */
  #begin(): void {
    if (this.#isOver || this.backlog) return;
    this.backlog = new Backlog(this);
    this.total.add(this.backlog);
    for (const bytes of this.#unflushed ?? []) this.total.addReferred(this.backlog, bytes);
    this.#unflushed = undefined;
    this.recount();
  }

  /** The system has taken all that was flushed, or the connection has ended. */
  #end(): void {
    if (this.backlog) this.total.remove(this.backlog);
    this.backlog = undefined;
  }
}
