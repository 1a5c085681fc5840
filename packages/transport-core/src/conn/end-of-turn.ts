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
let isEndDue = false;
let turnMs: number | undefined;

/** Flushes once at the end of this turn. The caller sees to it that it asks once per turn. */
export function flushAtEndOfTurn(conn: Flushable): void {
  waiting.push(conn);
  expectEnd();
}

/**
 * `performance.now()` at the first call of this turn: what is read in a turn was received before it, and reading the clock
 * for each frame would cost as much as reading the frame.
 */
export function turnNowMs(): number {
  if (turnMs === undefined) {
    turnMs = performance.now();
    expectEnd();
  }
  return turnMs;
}

function expectEnd(): void {
  if (isEndDue) return;
  isEndDue = true;
  atEndOfTurn(flushWaiting);
}

/** Flushes what waits for the end of this turn: then, or at once. */
export function flushWaiting(): void {
  isEndDue = false;
  turnMs = undefined;
  const conns = waiting;
  waiting = [];
  let flushed = 0;
  try {
    for (const conn of conns) {
      flushed++;
      conn.flush();
    }
  } finally {
    // The Conn of an application may throw after all; the others must not wait for ever.
    for (const conn of conns.slice(flushed)) flushAtEndOfTurn(conn);
  }
}
