/** Something whose queue is to be flushed. Must not throw. */
interface Flushable {
  flush(): unknown;
}

/**
 * Runs a task after the events of this turn of the event loop: in Node after all sockets that were readable have been
 * read, so that answers to many messages, and messages of many senders to one receiver, leave together. Browsers have
 * no such moment; there it is the end of the current task.
 */
export const atEndOfTurn: (task: () => void) => void =
  (globalThis as { setImmediate?: (task: () => void) => void }).setImmediate ?? queueMicrotask;

let waiting: Flushable[] = [];
let turnMs: number | undefined;
const turnClock: Flushable = {
  flush() {
    turnMs = undefined;
  },
};

/** Flushes once at the end of this turn. The caller sees to it that it asks once per turn. */
export function flushAtEndOfTurn(channel: Flushable): void {
  if (waiting.push(channel) === 1) atEndOfTurn(flushAll);
}

function flushAll(): void {
  const channels = waiting;
  waiting = [];
  for (const channel of channels) channel.flush();
}

/**
 * `performance.now()` as it was when this turn first asked: what is read in a turn had come before it, and asking the
 * clock for each frame would cost as much as reading the frame.
 */
export function turnNowMs(): number {
  if (turnMs === undefined) {
    turnMs = performance.now();
    flushAtEndOfTurn(turnClock);
  }
  return turnMs;
}
