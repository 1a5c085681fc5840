import type { AbortOptions } from "@im/transport-core";
import { afterReading, PatientTimer, startTimer } from "@im/transport-core/internal";
import { type LogicPkt, type LogicPktInit, Status } from "@im/wire";
import { ClientError } from "../errors.js";
import { TOKEN_EXPIRED } from "./close-codes.js";
import { errorText } from "./error-text.js";
import { onAbort } from "./on-abort.js";

export interface RequestSettings extends AbortOptions {
  /** From the call to the response, reconnecting included. */
  readonly timeoutMs: number;
  /** With it, the request is sent again after the connection was lost. */
  readonly idempotencyKey?: string | undefined;
}

/** RFC 6455 §7.4.1, invalid data and too large: close codes that a request, or the response to it, may cause. */
const CAUSED = [1007, 1009];
/** Close codes that have nothing to do with the request: going away, service restart, try again later, token expired. */
const UNCOUNTED = [1001, 1012, 1013, TOKEN_EXPIRED];
/** After so many lost connections a request may be their cause: it is no longer repeated beside others. */
const MAX_LOSSES = 2;

/** One request until it settles, which it does once. */
export class PendingRequest {
  /** Of the packet that was sent last; 0 before. */
  sequence = 0;
  isSettled = false;
  /** It may have caused the loss of the connection, so it is repeated while nothing else is in flight. */
  goesAlone = false;
  #losses = 0;
  readonly init: LogicPktInit;
  readonly settings: RequestSettings;
  readonly response: Promise<LogicPkt>;
  readonly #forget: (request: PendingRequest) => void;
  readonly #dueMs: number;
  readonly #timeout: ReturnType<typeof startTimer>;
  readonly #stopWatching: () => void;
  /** Ends the wait for a connection. */
  #aging: PatientTimer | undefined;
  #resolve!: (response: LogicPkt) => void;
  #reject!: (error: unknown) => void;

  /** @param forget called when the request has settled, before its promise does */
  constructor(init: LogicPktInit, settings: RequestSettings, forget: (request: PendingRequest) => void) {
    this.init = init;
    this.settings = settings;
    this.#forget = forget;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#dueMs = performance.now() + settings.timeoutMs;
    this.#timeout = startTimer(() => this.#timeIsOver(), settings.timeoutMs);
    this.#stopWatching = onAbort(settings.signal, () => this.fail(settings.signal?.reason));
  }

  get delivery(): "none" | "unknown" {
    return this.sequence === 0 ? "none" : "unknown";
  }

  /** Whether it has been aborted, or its time is over, even if its timer or listener has not run yet. */
  get isOver(): boolean {
    return this.settings.signal?.aborted === true || performance.now() >= this.#dueMs;
  }

  /** Fails it unless there is a connection within this time. */
  waits(maxAgeMs: number): void {
    const message = `not sent: there was no connection for ${maxAgeMs} ms`;
    const offline = () => this.fail(new ClientError("IM_ERR_OFFLINE", message, { delivery: "none" }));
    this.#aging = new PatientTimer(offline).start(maxAgeMs);
  }

  /** There is a connection. */
  stopsAging(): void {
    this.#aging?.stop();
    this.#aging = undefined;
  }

  /**
   * The connection was lost while it was in flight.
   *
   * @param wasAlone whether nothing else was in flight
   * @returns whether it may be repeated
   */
  outlives(closeCode: number, wasAlone: boolean): boolean {
    if (UNCOUNTED.includes(closeCode)) return true;
    const isCaused = CAUSED.includes(closeCode);
    if (wasAlone && (isCaused || this.#losses >= MAX_LOSSES)) return false;
    if (!isCaused) this.#losses++;
    this.goesAlone ||= isCaused || this.#losses >= MAX_LOSSES;
    return true;
  }

  answered(response: LogicPkt): void {
    this.#settled();
    if (response.status === Status.Success) {
      this.#resolve(response);
      return;
    }
    const message = `${this.init.command} failed with status ${response.status}: ${errorText(response)}`;
    this.#reject(new ClientError("IM_ERR_REQUEST_FAILED", message, { response }));
  }

  fail(error: unknown): void {
    this.#settled();
    this.#reject(error);
  }

  /** If this program stood still, the response may have been received and not read yet. */
  #timeIsOver(): void {
    afterReading(() => void (this.isSettled || this.#timedOut()));
  }

  #timedOut(): void {
    const { timeoutMs } = this.settings;
    const message = `no response to ${this.init.command} within ${timeoutMs} ms`;
    this.fail(new ClientError("IM_ERR_REQUEST_TIMEOUT", message, { delivery: this.delivery }));
  }

  #settled(): void {
    this.isSettled = true;
    clearTimeout(this.#timeout);
    this.stopsAging();
    this.#stopWatching();
    this.#forget(this);
  }
}
