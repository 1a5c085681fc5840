/** What the handler and the middleware of one request have returned, if that is promises: the request waits for all of them. */
export class AwaitedPromises {
  readonly #failed: (error: unknown) => void;
  /** How many have not settled. */
  #unsettled = 0;
  #last: PromiseLike<unknown> | undefined;
  /** That of the outermost, until it has settled. */
  #outermost: PromiseLike<unknown> | undefined;
  /** The rejection of an inner promise, which an outer one may still handle. */
  #innerFailure: { readonly error: unknown } | undefined;
  #whenSettled: (() => void) | undefined;

  /** @param failed called with each rejection that no promise around it can handle */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  get areSettled(): boolean {
    return this.#unsettled === 0;
  }

  get innerFailure(): { readonly error: unknown } | undefined {
    return this.#innerFailure;
  }

  addOutermost(given: PromiseLike<unknown>): void {
    this.#outermost = given;
    this.add(given);
  }

  add(given: PromiseLike<unknown>): void {
    if (given === this.#last) return;
    this.#last = given;
    // Any other thenable becomes a promise, which settles once and never synchronously.
    const promise = Promise.resolve(given);
    this.#unsettled++;
    promise.then(
      () => this.#settle(given),
      (error) => {
        if (this.#outermost && this.#outermost !== given) this.#innerFailure = { error };
        else this.#failed(error);
        this.#settle(given);
      },
    );
  }

  /** @param settled called once, when all have settled */
  whenSettled(settled: () => void): void {
    this.#whenSettled = settled;
  }

  #settle(given: PromiseLike<unknown>): void {
    if (this.#outermost === given) this.#outermost = undefined;
    if (--this.#unsettled === 0) this.#whenSettled?.();
  }
}
