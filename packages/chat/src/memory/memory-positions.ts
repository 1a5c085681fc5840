import type { Moved, Position } from "../ports/positions.js";

/** Marks that only go forward. */
export class MemoryPositions {
  readonly #marks = new Map<string, Map<string, Position>>();

  get(account: string, name: string): Position | undefined {
    return this.#marks.get(account)?.get(name);
  }

  furthest(account: string): bigint {
    let furthest = 0n;
    for (const { messageId } of this.#marks.get(account)?.values() ?? []) {
      if (messageId > furthest) furthest = messageId;
    }
    return furthest;
  }

  advance(account: string, name: string, messageId: bigint, nowMs: number): Moved {
    const own = this.#marks.get(account) ?? new Map<string, Position>();
    const from = own.get(name)?.messageId ?? 0n;
    const to = messageId > from ? messageId : from;
    if (to > 0n) this.#marks.set(account, own.set(name, { messageId: to, setAtMs: nowMs }));
    return { from, to };
  }

  deleteAccount(account: string): void {
    this.#marks.delete(account);
  }
}
