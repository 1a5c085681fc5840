/** Waits for something that must happen. Rejects with what it was if it takes too long. */
export async function within<T>(deadlineMs: number, promise: PromiseLike<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    timer = setTimeout(() => reject(error), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets time pass. Only for cases in which a wait is itself what is tested. */
export function elapse(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether a wait that began at this time of the clock is over. Timers may fire a little before the clock says so. */
export function isOver(beganMs: number, waitMs: number): boolean {
  return performance.now() - beganMs >= waitMs - 2;
}

/** Nothing else runs in this process for so long. */
export function standStill(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {}
}

/** Lets turns of the event loop pass, each with all its events. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await elapse(0);
}

/** A promise with its resolver at hand: what an Acceptor or a listener waits for until the case says go. */
export function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** For what is awaited later: should the case fail before that, its rejection does not matter. */
export function begun<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
