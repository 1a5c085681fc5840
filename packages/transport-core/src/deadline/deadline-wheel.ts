import { PatientTimer } from "../internal/patient-timer.js";

/** How much later than its deadline something may be found while the process does not stand still, in milliseconds. */
export const DEADLINE_TICK_MS = 100;

/** All entries that are to be looked at in one tick. */
interface Slot {
  readonly tick: number;
  readonly entries: Set<Deadlined>;
}

/** Something with a deadline. It may move to a later time without a call of the wheel. */
export interface Deadlined {
  /** Milliseconds of `performance.now()`; `Infinity` for none. */
  nextDeadlineMs(): number;
  /** Called when the deadline has passed, never before, and what was received by `nowMs` has been read. */
  expire(nowMs: number): void;
  /** For the wheel: where the entry is. */
  slot: Slot | undefined;
}

/**
 * Finds the entries that are late among any number with one timer, once all has been read that was received by then.
 *
 * An entry is looked at when its deadline was due as seen at the last look. If it is later now (because frames were
 * received), the entry moves to the slot of the new deadline. So a frame costs nothing here, and an entry that stays alive
 * costs one look per wait, not one per tick.
 */
export class DeadlineWheel {
  readonly #slots = new Map<number, Slot>();
  // In Node a deadline alone keeps no process alive: the socket that it watches does.
  readonly #timer = new PatientTimer((nowMs) => this.#sweep(nowMs), false);
  #armedTick = Number.POSITIVE_INFINITY;

  /** Makes sure that the entry is looked at by its deadline. Needed at first, and when the deadline moves forward. */
  schedule(entry: Deadlined): void {
    const tick = Math.ceil(entry.nextDeadlineMs() / DEADLINE_TICK_MS);
    if (tick === Number.POSITIVE_INFINITY || (entry.slot && entry.slot.tick <= tick)) return;
    this.remove(entry);
    let slot = this.#slots.get(tick);
    if (!slot) {
      slot = { tick, entries: new Set() };
      this.#slots.set(tick, slot);
    }
    slot.entries.add(entry);
    entry.slot = slot;
    if (tick < this.#armedTick) this.#arm(tick);
  }

  remove(entry: Deadlined): void {
    const { slot } = entry;
    if (!slot) return;
    entry.slot = undefined;
    slot.entries.delete(entry);
    // A slot that is being swept is no longer in the map.
    if (slot.entries.size > 0 || this.#slots.get(slot.tick) !== slot) return;
    this.#slots.delete(slot.tick);
    if (this.#slots.size === 0) this.#disarm();
  }

  #arm(tick: number): void {
    // It is about to look at all.
    if (this.#timer.isOver) return;
    this.#armedTick = tick;
    // A deadline beyond the longest timer is waited for in steps.
    this.#timer.start(tick * DEADLINE_TICK_MS - performance.now());
  }

  #disarm(): void {
    this.#timer.stop();
    this.#armedTick = Number.POSITIVE_INFINITY;
  }

  #sweep(nowMs: number): void {
    this.#armedTick = Number.POSITIVE_INFINITY;
    for (const slot of [...this.#slots.values()]) {
      if (slot.tick * DEADLINE_TICK_MS > nowMs) continue;
      this.#slots.delete(slot.tick);
      for (const entry of slot.entries) {
        entry.slot = undefined;
        if (entry.nextDeadlineMs() <= nowMs) entry.expire(nowMs);
        this.schedule(entry);
      }
    }
    let next = Number.POSITIVE_INFINITY;
    for (const tick of this.#slots.keys()) next = Math.min(next, tick);
    if (next < this.#armedTick) this.#arm(next);
  }
}
