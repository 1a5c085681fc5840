import { isThenable, startTimer } from "@im/transport-core/internal";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Answer, IdempotencyClaim, IdempotencyKey } from "../ports/idempotency-store.js";
import { inTime } from "../ports/in-time.js";
import type { MaybePromise } from "../ports/maybe-promise.js";

/** How long a claim lives, in times that a handler has: what is late may still come, what is dead holds nobody up for ever. */
const LIFETIME_IN_HANDLER_TIMEOUTS = 3;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;
/** What waits to be told to a store again, all answers together. */
const MAX_WAITING_BYTES = 16_777_216;
const BYTES_OF_A_CLAIM = 1_024;

type Report = (error: unknown) => void;
type Settings = Pick<GatewaySettings, "idempotency" | "portTimeoutMs" | "handlerTimeoutMs">;

/** What this gateway has claimed of the idempotency store, and tells it of that. */
export class Claims {
  readonly #settings: Settings;
  #waitingBytes = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A new claim, which nobody has been asked for yet. */
  create(key: IdempotencyKey): IdempotencyClaim {
    const lifetimeMs = LIFETIME_IN_HANDLER_TIMEOUTS * this.#settings.handlerTimeoutMs;
    return { ...key, claimId: crypto.randomUUID(), lifetimeMs };
  }

  /** As `IdempotencyStore.claim`. A claim that is given too late is given back. @throws `IM_ERR_PORT_TIMEOUT` */
  ask(claim: IdempotencyClaim): MaybePromise<Answer | "taken" | undefined> {
    const { idempotency, portTimeoutMs } = this.#settings;
    const given = idempotency.claim(claim);
    return isThenable(given) ? this.#inTime(claim, given, portTimeoutMs) : given;
  }

  async #inTime<T>(claim: IdempotencyClaim, given: PromiseLike<T>, timeoutMs: number): Promise<T> {
    try {
      return await inTime(Promise.resolve(given), timeoutMs, "idempotency.claim");
    } catch (error) {
      const ignore = () => {};
      Promise.resolve(given).then((late) => (late === undefined ? this.release(claim, ignore) : undefined), ignore);
      throw error;
    }
  }

  /** Has the answer kept; what the store cannot do is tried again for as long as the claim lives. */
  record(claim: IdempotencyClaim, answer: Answer, failed: Report): void {
    const { idempotency } = this.#settings;
    let own = answer;
    const record = () => {
      const done = idempotency.record(claim, own);
      // The body may change when this call is over.
      if (own === answer && isThenable(done)) own = copyOf(answer);
      return done;
    };
    void this.#tell(record, "idempotency.record", claim, answer.body.length, (error) => {
      if (own === answer) own = copyOf(answer);
      failed(error);
    });
  }

  /** Gives a claim back that no answer was recorded for; tried again likewise. */
  release(claim: IdempotencyClaim, failed: Report): void {
    const release = () => this.#settings.idempotency.release(claim);
    void this.#tell(release, "idempotency.release", claim, 0, failed);
  }

  /** Never rejects. The first failure is reported, and that it is given up. */
  async #tell(
    call: () => MaybePromise<void>,
    name: string,
    { lifetimeMs }: IdempotencyClaim,
    bodyBytes: number,
    failed: Report,
  ): Promise<void> {
    const bytes = bodyBytes + BYTES_OF_A_CLAIM;
    const untilMs = performance.now() + lifetimeMs;
    let hasFailed = false;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        const done = call();
        if (isThenable(done)) await inTime(done, this.#settings.portTimeoutMs, name);
        return;
      } catch (error) {
        if (!hasFailed) failed(error);
        hasFailed = true;
        const isOver = performance.now() + waitMs > untilMs || this.#waitingBytes + bytes > MAX_WAITING_BYTES;
        if (isOver) return failed(new GatewayError("IM_ERR_GATEWAY_STATE", `${name} is given up`, { cause: error }));
      }
      this.#waitingBytes += bytes;
      await pause(waitMs);
      this.#waitingBytes -= bytes;
    }
  }
}

function copyOf({ status, body }: Answer): Answer {
  return { status, body: new Uint8Array(body) };
}

/** It keeps no process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = startTimer(resolve, ms);
    (timer as { unref?(): void } | undefined)?.unref?.();
  });
}
