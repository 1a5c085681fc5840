import { isControl, type OpCode } from "../contract/frame.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { ConnDriver } from "./conn-driver.js";
import { queueFull } from "./conn-errors.js";
import type { ConnSettings, CreateWriteQueue } from "./conn-settings.js";
import { FrameInbox } from "./frame-inbox.js";
import { WriteQueue } from "./write-queue.js";

/** What happens to a message for which the queue of its connection has no room. */
export type OverflowPolicy = "close" | "drop-newest" | "drop-oldest";

/** What each policy makes of a connection's queue. Dialers have the first alone, and do not load the others. */
export const overflowPolicies: Readonly<Record<OverflowPolicy, CreateWriteQueue | undefined>> = {
  close: undefined,
  "drop-newest": (driver, settings, owner) => new DropNewestQueue(driver, settings, owner),
  "drop-oldest": (driver, settings) => new DropOldestQueue(driver, settings),
};

/** Refuses a message for which there is no room. */
class DropNewestQueue extends WriteQueue {
  readonly #settings: ConnSettings;
  readonly #owner: Deadlined;

  constructor(driver: ConnDriver, settings: ConnSettings, owner: Deadlined) {
    super(driver, settings);
    this.#settings = settings;
    this.#owner = owner;
  }

  override write(opCode: OpCode, payload: Uint8Array): void {
    this.#needRoom(opCode, payload.length);
    super.write(opCode, payload);
  }

  override writeEncoded(frame: Uint8Array, opCode: OpCode, payload: Uint8Array): void {
    this.#needRoom(opCode, payload.length);
    super.writeEncoded(frame, opCode, payload);
  }

  override isOverLimit(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    super.isOverLimit(deadlines, owner);
    return false;
  }

  /** Whether such a message may be queued; even one that is larger than the limit may go, alone. */
  #hasRoom(bytes: number): boolean {
    const { queuedBytes } = this;
    return queuedBytes === 0 || queuedBytes + bytes <= this.#settings.maxQueuedBytes;
  }

  /** @throws `IM_ERR_QUEUE_FULL` */
  #needRoom(opCode: OpCode, bytes: number): void {
    const { maxQueuedBytes, deadlines } = this.#settings;
    if (isControl(opCode) || this.#hasRoom(bytes)) return;
    // A burst is no backlog: first the system gets what it takes at once.
    this.flush(deadlines, this.#owner);
    if (this.#hasRoom(bytes)) return;
    this.observer?.dropped("overflow-newest", bytes);
    throw queueFull(maxQueuedBytes, "this message was dropped");
  }
}

/**
 * Gives up the oldest messages to make room for new ones. What the driver has encoded cannot be taken back; so while the
 * system takes nothing, messages are kept as they are. Control frames, which speak to the connection, pass them by.
 */
class DropOldestQueue extends WriteQueue {
  readonly #maxQueuedBytes: number;
  readonly #held: FrameInbox;

  constructor(driver: ConnDriver, settings: ConnSettings) {
    super(driver, settings);
    const { maxQueuedBytes } = settings;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#held = new FrameInbox({ maxInboxMessages: Number.POSITIVE_INFINITY, maxInboxBytes: maxQueuedBytes });
  }

  override get queuedBytes(): number {
    return super.queuedBytes + this.#held.byteLength;
  }

  override write(opCode: OpCode, payload: Uint8Array): void {
    if (isControl(opCode)) {
      super.write(opCode, payload);
      return;
    }
    if (!this.isBlocked) {
      this.#release();
      super.write(opCode, payload);
      return;
    }
    this.#held.add(opCode, payload);
    // The newest stays in any case.
    while (this.#held.length > 1 && this.queuedBytes > this.#maxQueuedBytes) {
      const { payload } = this.#held.take()!;
      this.observer?.dropped("overflow-oldest", payload.length);
    }
  }

  override writeEncoded(frame: Uint8Array, opCode: OpCode, payload: Uint8Array): void {
    if (this.isBlocked) {
      this.write(opCode, payload);
      return;
    }
    this.#release();
    super.writeEncoded(frame, opCode, payload);
  }

  override isOverLimit(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    super.isOverLimit(deadlines, owner);
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

  /** What is held comes before all that is written now. */
  #release(): void {
    for (let frame = this.#held.take(); frame; frame = this.#held.take()) super.write(frame.opCode, frame.payload);
  }
}
