/** A third of the shortest time after which clients of this family take silence for death. */
export const SIGN_OF_LIFE_MS = 500;

/** Makes those that read nothing at the moment, and so answer no pings, show life now and then, with one timer for all. */
export class SignsOfLife<Silent> {
  readonly #silent = new Set<Silent>();
  readonly #show: (silent: Silent) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param show must not throw */
  constructor(show: (silent: Silent) => void) {
    this.#show = show;
  }

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
      for (const silent of this.#silent) this.#show(silent);
    }, SIGN_OF_LIFE_MS);
    // In Node the connections keep the process alive.
    (timer as { unref?(): void }).unref?.();
    return timer;
  }
}

const shared = new WeakMap<object, unknown>();

/** One for all channels of the same settings, such as those of a server; made when the first is silent. */
export function signsOfLifeOf<Silent>(settings: object, show: (silent: Silent) => void): SignsOfLife<Silent> {
  const made = (shared.get(settings) as SignsOfLife<Silent> | undefined) ?? new SignsOfLife(show);
  shared.set(settings, made);
  return made;
}
