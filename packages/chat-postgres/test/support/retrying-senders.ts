import { setTimeout as wait } from "node:timers/promises";
import type { AddedMessage, ChatError } from "@im/chat";
import type { PostgresChatStore } from "../../src/index.js";

const LANES = 4;
/** As a client does between two tries. */
const RETRY_AFTER_MS = 20;

/** Senders that repeat each message with its key until it is acknowledged, as clients do. */
export class RetryingSenders {
  /** The ids that were acknowledged, by the text of the message. */
  readonly acknowledged = new Map<string, bigint>();
  /** How often each code refused. */
  readonly refusals = new Map<string, number>();
  readonly #lanes: Promise<void>[];
  #isOver = false;
  #waiting: { isReached(): boolean; resolve(): void }[] = [];

  constructor(stores: readonly PostgresChatStore[]) {
    this.#lanes = stores.flatMap((store, at) =>
      Array.from({ length: LANES }, (_, lane) => this.#send(store, `${at} ${lane}`)),
    );
  }

  /** Resolves when as many more are acknowledged. */
  moreAcknowledged(count: number): Promise<void> {
    const reached = this.acknowledged.size + count;
    return this.#until(() => this.acknowledged.size >= reached);
  }

  /** Resolves when each sender has been refused. */
  allRefused(): Promise<void> {
    const reached = this.#refused + this.#lanes.length;
    return this.#until(() => this.#refused >= reached);
  }

  /** Resolves when each sender has its last acknowledgement. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
  }

  get #refused(): number {
    return [...this.refusals.values()].reduce((sum, count) => sum + count, 0);
  }

  #until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ isReached, resolve }));
  }

  async #send(store: PostgresChatStore, sender: string): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      const body = `${sender} ${n}`;
      const { messageId } = await this.#untilAcknowledged(store, sender, body);
      this.acknowledged.set(body, messageId);
      this.#tell();
    }
  }

  async #untilAcknowledged(store: PostgresChatStore, sender: string, body: string): Promise<AddedMessage> {
    for (;;) {
      try {
        return (await store.add({ sender, to: { account: "bob" }, type: 1, body, extra: "" }, body)) as AddedMessage;
      } catch (error) {
        const { code } = error as ChatError;
        this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
        this.#tell();
        await wait(RETRY_AFTER_MS);
      }
    }
  }

  #tell(): void {
    for (const { isReached, resolve } of this.#waiting) if (isReached()) resolve();
  }
}
