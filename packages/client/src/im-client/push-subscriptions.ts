import { atEndOfTurn } from "@im/transport-core/internal";
import type { LogicPkt } from "@im/wire";

/** A push as a subscriber gets it. */
export interface QueuedPush extends LogicPkt {
  /** How many pushes before this one the subscriber has lost, since they had no room; absent if none. */
  readonly missed?: number;
}

/** Handles pushes of one command, one after the other. Must not throw or reject. */
export type PushHandler = (push: QueuedPush) => void | Promise<void>;

export interface Subscription {
  /** Handles no more pushes, and drops those that wait. */
  stop(): void;
  /** Takes no more pushes. Resolves when those that wait have been handled. */
  finish(): Promise<void>;
}

/**
 * The subscribers of each command. Each has a queue of its own, so that a slow one does not hold back others: it loses the
 * pushes for which its queue has no room, and its next push says how many.
 */
export class PushSubscriptions {
  readonly #byCommand = new Map<string, Set<Subscriber>>();
  readonly #maxQueued: number;
  readonly #overflowed: (command: string) => boolean;

  /**
   * @param overflowed asked when more than `maxQueued` wait for a handler. @returns whether those above are dropped; once
   * they were, it is not asked again for this handler
   */
  constructor(maxQueued: number, overflowed: (command: string) => boolean) {
    this.#maxQueued = maxQueued;
    this.#overflowed = overflowed;
  }

  add(command: string, handler: PushHandler): Subscription {
    const subscriber = new Subscriber(handler, this.#maxQueued, () => this.#overflowed(command));
    const subscribers = this.#byCommand.get(command) ?? new Set();
    this.#byCommand.set(command, subscribers.add(subscriber));
    const leave = () => {
      subscribers.delete(subscriber);
      if (subscribers.size === 0 && this.#byCommand.get(command) === subscribers) this.#byCommand.delete(command);
    };
    return {
      stop() {
        leave();
        subscriber.stop();
      },
      finish() {
        leave();
        return subscriber.finished();
      },
    };
  }

  /** @returns whether the command has a subscriber */
  deliver(push: LogicPkt): boolean {
    const subscribers = this.#byCommand.get(push.command);
    // A handler that adds or removes subscribers does not change which of them get this push.
    for (const subscriber of [...(subscribers ?? [])]) subscriber.take(push);
    return subscribers !== undefined;
  }
}

class Subscriber {
  readonly #handler: PushHandler;
  readonly #maxQueued: number;
  readonly #overflowed: () => boolean;
  #queue: QueuedPush[] = [];
  /** Those dropped since the last that was queued. */
  #missed = 0;
  #mayDrop = false;
  /** Resolves when the queue is empty; undefined while no handler is running. */
  #work: Promise<void> | undefined;
  #isCheckDue = false;
  #isStopped = false;

  constructor(handler: PushHandler, maxQueued: number, overflowed: () => boolean) {
    this.#handler = handler;
    this.#maxQueued = maxQueued;
    this.#overflowed = overflowed;
  }

  take(push: LogicPkt): void {
    if (this.#isStopped) return;
    const missed = this.#missed;
    if (missed > 0 && this.#queue.length >= this.#maxQueued) {
      this.#missed++;
      return;
    }
    this.#missed = 0;
    const own = missed > 0 ? { ...push, missed } : push;
    if (!this.#work) {
      const handled = this.#handler(own);
      if (handled) this.#work = this.#workAfter(handled);
      return;
    }
    this.#queue.push(own);
    if (this.#queue.length <= this.#maxQueued || this.#isCheckDue) return;
    // One read of a socket may give more pushes than may wait: a handler that keeps up takes them first.
    this.#isCheckDue = true;
    atEndOfTurn(() => this.#check());
  }

  stop(): void {
    this.#isStopped = true;
    this.#queue = [];
  }

  async finished(): Promise<void> {
    await this.#work;
  }

  #check(): void {
    this.#isCheckDue = false;
    if (this.#queue.length <= this.#maxQueued) return;
    this.#mayDrop ||= this.#overflowed();
    if (this.#mayDrop) this.#missed = this.#queue.splice(this.#maxQueued).length;
  }

  async #workAfter(handled: Promise<void>): Promise<void> {
    await handled;
    for (let push = this.#queue.shift(); push; push = this.#queue.shift()) await this.#handler(push);
    this.#work = undefined;
  }
}
