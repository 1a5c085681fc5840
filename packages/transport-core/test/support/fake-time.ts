import { vi } from "vitest";

/** How long a turn of the event loop takes in fake time: when a timer is over, what had come is read first. */
export const TURN_MS = 1;

/** Time stands still until `vi.advanceTimersByTime` moves it; promises and microtasks go on. */
export function useFakeTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
}
