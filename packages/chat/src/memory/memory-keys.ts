import type { AddedMessage } from "../ports/message-log.js";

type First = Pick<AddedMessage, "messageId" | "sendTime">;

/** Idempotency keys of senders, each for a while. */
export class MemoryKeys {
  readonly #lifetimeMs: number;
  /** The oldest first. */
  readonly #firsts = new Map<string, First & { readonly sender: string; readonly untilMs: number }>();

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  /** The message that was stored with the key. */
  find(sender: string, key: string, nowMs: number): First | undefined {
    const first = this.#firsts.get(nameOf(sender, key));
    return first && nowMs < first.untilMs ? first : undefined;
  }

  keep(sender: string, key: string, { messageId, sendTime }: First, nowMs: number): void {
    const name = nameOf(sender, key);
    this.#firsts.delete(name);
    this.#firsts.set(name, { sender, messageId, sendTime, untilMs: nowMs + this.#lifetimeMs });
    for (const [oldest, { untilMs }] of this.#firsts) {
      if (nowMs < untilMs) return;
      this.#firsts.delete(oldest);
    }
  }

  deleteAccount(account: string): void {
    for (const [name, { sender }] of this.#firsts) if (sender === account) this.#firsts.delete(name);
  }
}

/** The length keeps the parts apart, whatever text they are. */
function nameOf(sender: string, key: string): string {
  return `${sender.length}:${sender}${key}`;
}
