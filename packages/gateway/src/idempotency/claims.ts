import { isThenable, randomId, startTimer } from "@im/transport-core/internal";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Answer, IdempotencyClaim, IdempotencyKey } from "../ports/idempotency-store.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import { withTimeout } from "../ports/with-timeout.js";

/** How long a claim lives, in handler timeouts: a late answer still counts, and a gateway that died blocks no key for long. */
const LIFETIME_IN_HANDLER_TIMEOUTS = 3;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;
/** Of all answers together that wait until the store is called again. */
const MAX_WAITING_BYTES = 16_777_216;
const BYTES_OF_A_CLAIM = 1_024;

type Report = (error: unknown) => void;
type Settings = Pick<GatewaySettings, "idempotency" | "portTimeoutMs" | "handlerTimeoutMs">;

/** A claim of this gateway. */
export interface OwnClaim {
  readonly claim: IdempotencyClaim;
  /** When its lifetime is over, in milliseconds of `performance.now()`; the store counts from a little later. */
  endsAtMs: number;
}

/** The calls of the idempotency store: bounded in time, and repeated where the store fails. */
export class Claims {
  readonly #settings: Settings;
  #waitingBytes = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A new claim; the store does not know it yet. Its lifetime has room for the handler and for the call that records. */
  create({ account, command, key }: IdempotencyKey): OwnClaim {
    const { handlerTimeoutMs, portTimeoutMs } = this.#settings;
    const lifetimeMs = LIFETIME_IN_HANDLER_TIMEOUTS * handlerTimeoutMs + portTimeoutMs;
    return { claim: { account, command, key, claimId: randomId(), lifetimeMs }, endsAtMs: 0 };
  }

  /**
   * As `IdempotencyStore.claim`. A call that fails may still have claimed the key, at once or later, so the claim is
   * released.
   *
   * @throws `IM_ERR_PORT_TIMEOUT`, what the store throws
   */
  ask(own: OwnClaim): MaybePromise<Answer | "taken" | undefined> {
    own.endsAtMs = performance.now() + own.claim.lifetimeMs;
    let given: MaybePromise<Answer | "taken" | undefined>;
    try {
      given = this.#settings.idempotency.claim(own.claim);
    } catch (error) {
      this.#release(own, ignore);
      throw error;
    }
    return isThenable(given) ? this.#withTimeout(own, Promise.resolve(given)) : given;
  }

  async #withTimeout<T>(own: OwnClaim, given: Promise<T>): Promise<T> {
    try {
      return await withTimeout(given, this.#settings.portTimeoutMs, "idempotency.claim");
    } catch (error) {
      this.#release(own, ignore);
      given.then((late) => (late === undefined ? this.#release(own, ignore) : undefined), ignore);
      throw error;
    }
  }

  /** Records the answer; where the store fails it is called again, for as long as a claim lives. */
  record(own: OwnClaim, answer: Answer, report: Report): void {
    checkLifetime(own, report);
    const { idempotency } = this.#settings;
    let kept = answer;
    const record = () => {
      const done = idempotency.record(own.claim, kept);
      // The body may change when this call is over.
      if (kept === answer && isThenable(done)) kept = copyOf(answer);
      return done;
    };
    void this.#call(record, "idempotency.record", own.claim, answer.body.length, (error) => {
      if (kept === answer) kept = copyOf(answer);
      report(error);
    });
  }

  /** Releases a claim without an answer; repeated as in {@link record}. */
  release(own: OwnClaim, report: Report): void {
    checkLifetime(own, report);
    this.#release(own, report);
  }

  #release({ claim }: OwnClaim, report: Report): void {
    void this.#call(() => this.#settings.idempotency.release(claim), "idempotency.release", claim, 0, report);
  }

  /** Never rejects. Reports the first failure, and the last one with which it gives up. */
  async #call(
    call: () => MaybePromise<void>,
    name: string,
    { lifetimeMs }: IdempotencyClaim,
    bodyBytes: number,
    report: Report,
  ): Promise<void> {
    const bytes = bodyBytes + BYTES_OF_A_CLAIM;
    const untilMs = performance.now() + lifetimeMs;
    let hasFailed = false;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        const done = call();
        if (isThenable(done)) await withTimeout(done, this.#settings.portTimeoutMs, name);
        return;
      } catch (error) {
        if (!hasFailed) report(error);
        hasFailed = true;
        const isOver = performance.now() + waitMs > untilMs || this.#waitingBytes + bytes > MAX_WAITING_BYTES;
        if (isOver) return report(new GatewayError("IM_ERR_GATEWAY_STATE", `${name} is given up`, { cause: error }));
      }
      this.#waitingBytes += bytes;
      await pause(waitMs);
      this.#waitingBytes -= bytes;
    }
  }
}

/** Reports a claim that is used after its lifetime: another gateway may have run the same request meanwhile. */
function checkLifetime({ claim, endsAtMs }: OwnClaim, report: Report): void {
  if (performance.now() <= endsAtMs) return;
  const rule = `the handler of ${claim.command} took longer than the ${claim.lifetimeMs} ms that its claim lives`;
  report(new GatewayError("IM_ERR_CLAIM_EXPIRED", `${rule}: a repetition may have run as well`));
}

function ignore(): void {}

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
