import type { LogicPkt } from "@im/wire";

/** Handles pushes of one command, one after the other. Must not throw or reject. */
export type PushHandler = (push: LogicPkt) => void | Promise<void>;

/** Who wants which pushes. Each subscriber has a queue of its own, so that a slow one holds back nobody else. */
export class PushSubscriptions {
  readonly #byCommand = new Map<string, Set<Subscriber>>();
  readonly #maxQueued: number;

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** @returns what ends it; the pushes that wait for the handler are dropped then */
  add(command: string, handler: PushHandler): () => void {
    const subscriber = new Subscriber(handler, this.#maxQueued);
    const subscribers = this.#byCommand.get(command) ?? new Set();
    this.#byCommand.set(command, subscribers.add(subscriber));
    return () => {
      subscriber.stop();
      subscribers.delete(subscriber);
      if (subscribers.size === 0 && this.#byCommand.get(command) === subscribers) this.#byCommand.delete(command);
    };
  }

  /** @returns `unheard` if nobody wants it, `overflow` if the queue of one who does is full */
  deliver(push: LogicPkt): "taken" | "unheard" | "overflow" {
    const subscribers = this.#byCommand.get(push.command);
    if (!subscribers) return "unheard";
    let taken = true;
    // Who comes or goes meanwhile does not matter to this push.
    for (const subscriber of [...subscribers]) taken = subscriber.take(push) && taken;
    return taken ? "taken" : "overflow";
  }
}

class Subscriber {
  readonly #handler: PushHandler;
  readonly #maxQueued: number;
  #queue: LogicPkt[] = [];
  #isBusy = false;
  #isStopped = false;

  constructor(handler: PushHandler, maxQueued: number) {
    this.#handler = handler;
    this.#maxQueued = maxQueued;
  }

  /** @returns whether there was room */
  take(push: LogicPkt): boolean {
    if (this.#queue.length >= this.#maxQueued) return false;
    this.#queue.push(push);
    if (!this.#isBusy) void this.#work();
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#queue = [];
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#queue.length > 0 && !this.#isStopped) {
      const handled = this.#handler(this.#queue.shift()!);
      if (handled) await handled;
    }
    this.#isBusy = false;
  }
}
