import { callListener } from "../diagnostics/call-listener.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { LiveSession } from "../session/live-session.js";
import type { Session } from "../session/session.js";

/** Pushes that may be lost, though their sender was told nothing. */
export interface PushGap {
  /** Sessions of this gateway that may have missed some. */
  readonly sessions: readonly Session[];
  /** How long ago the first of these pushes may have been made, in milliseconds. */
  readonly lastMs: number;
}

export type PushGapListener = (gap: PushGap) => unknown;

/** Tells the application of each gap, when it is over. */
export class PushGaps {
  readonly #settings: Pick<GatewaySettings, "report">;
  readonly #listeners = new Set<PushGapListener>();

  constructor(settings: Pick<GatewaySettings, "report">) {
    this.#settings = settings;
  }

  /** @returns a function that removes the listener */
  on(listener: PushGapListener): () => void {
    const own: PushGapListener = (gap) => listener(gap);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** @param sinceMs when it may have begun, in milliseconds of `performance.now()` */
  tell(live: readonly LiveSession[], sinceMs: number): void {
    const sessions = live.filter(({ channel, end }) => channel && !end).map(({ handle }) => handle);
    if (sessions.length === 0) return;
    const gap = { sessions, lastMs: performance.now() - sinceMs };
    const failed = (error: unknown) => this.#settings.report(error, { during: "bus" });
    for (const listener of this.#listeners) callListener(() => listener(gap), failed);
  }
}
