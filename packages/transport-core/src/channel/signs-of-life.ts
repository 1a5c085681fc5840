/** A third of the shortest time after which clients of this family take silence for death. */
export const SIGN_OF_LIFE_MS = 500;

/** Somebody who reads nothing at the moment, and so cannot answer pings. */
export interface Silent {
  /** Must not throw. */
  showLife(): void;
}

/** Has those who are silent show life now and then. One timer for all of them, and none while there are none. */
export class SignsOfLife {
  readonly #silent = new Set<Silent>();
  #timer: ReturnType<typeof setInterval> | undefined;

  add(silent: Silent): void {
    this.#silent.add(silent);
    this.#timer ??= this.#start();
  }

  remove(silent: Silent): void {
    if (!this.#silent.delete(silent) || this.#silent.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => {
      for (const silent of this.#silent) silent.showLife();
    }, SIGN_OF_LIFE_MS);
    // In Node the connections keep the process alive.
    (timer as { unref?(): void }).unref?.();
    return timer;
  }
}

const shared = new WeakMap<object, SignsOfLife>();

/** One for all channels of the same settings, such as those of a server; made when the first is silent. */
export function signsOfLifeOf(settings: object): SignsOfLife {
  const made = shared.get(settings) ?? new SignsOfLife();
  shared.set(settings, made);
  return made;
}
