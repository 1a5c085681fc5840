import { atEndOfTurn } from "@im/transport-core/authoring";
import type { LogicPkt } from "@im/wire";

/** Handles pushes of one command, one after the other. Must not throw or reject. */
export type PushHandler = (push: LogicPkt) => void | Promise<void>;

export interface Subscription {
  /** Nothing is handled any more: what waits is dropped. */
  stop(): void;
  /** No more is taken. Resolves when what waits has been handled. */
  finish(): Promise<void>;
}

/** Who wants which pushes. Each subscriber has a queue of its own, so that a slow one holds back nobody else. */
export class PushSubscriptions {
  readonly #byCommand = new Map<string, Set<Subscriber>>();
  readonly #maxQueued: number;
  readonly #overflowed: (command: string) => boolean;

  /**
   * @param overflowed told when more than `maxQueued` wait for a handler. @returns whether it gave up the connection: then
   * those above are dropped
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

  /** @returns whether anybody wants it */
  deliver(push: LogicPkt): boolean {
    const subscribers = this.#byCommand.get(push.command);
    // Who comes or goes meanwhile does not matter to this push.
    for (const subscriber of [...(subscribers ?? [])]) subscriber.take(push);
    return subscribers !== undefined;
  }
}

class Subscriber {
  readonly #handler: PushHandler;
  readonly #maxQueued: number;
  readonly #overflowed: () => boolean;
  #queue: LogicPkt[] = [];
  /** Resolves when the queue is empty; absent while nothing is handled. */
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
    if (!this.#work) {
      const handled = this.#handler(push);
      if (handled) this.#work = this.#workAfter(handled);
      return;
    }
    this.#queue.push(push);
    if (this.#queue.length <= this.#maxQueued || this.#isCheckDue) return;
    // One read of a socket may bring more than may wait: a handler that keeps up has its chance first.
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
    // Giving up the connection leaves a gap, and it begins here. If the connection was gone already, all that came is kept.
    if (this.#queue.length > this.#maxQueued && this.#overflowed()) this.#queue.splice(this.#maxQueued);
  }

  async #workAfter(handled: Promise<void>): Promise<void> {
    await handled;
    for (let push = this.#queue.shift(); push; push = this.#queue.shift()) await this.#handler(push);
    this.#work = undefined;
  }
}
