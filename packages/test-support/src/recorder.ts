/** How long a thing that must happen may take. */
export const DEADLINE_MS = 6_000;

/** Waits for what must happen; if it does not, the error says what it was. */
export async function within<T>(promise: Promise<T>, what: string, deadlineMs = DEADLINE_MS): Promise<T> {
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

/** Writes events down in their order, and lets a test wait for them. */
export class Recorder<T> {
  readonly all: T[] = [];
  readonly #name: string;
  #taken = 0;
  #wakers: (() => void)[] = [];

  /** @param name what the events are, in the plural */
  constructor(name: string) {
    this.#name = name;
  }

  add(event: T): void {
    this.all.push(event);
    this.wake();
  }

  /** Looks again at what is waited for. */
  wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  /** The next event that no earlier call gave. */
  async next(): Promise<T> {
    const index = this.#taken++;
    await this.until(() => this.all.length > index, `number ${index + 1}`);
    return this.all[index]!;
  }

  /** The first event that fits, whether it has come or is to come. */
  async first(fits: (event: T) => boolean, what: string): Promise<T> {
    await this.until(() => this.all.some(fits), what);
    return this.all.find(fits)!;
  }

  async until(isMet: () => boolean, what: string): Promise<void> {
    while (!isMet()) {
      const woken = new Promise<void>((resolve) => this.#wakers.push(resolve));
      await within(woken, `${what} of the ${this.#name}, got ${this.all.length}`);
    }
  }
}
