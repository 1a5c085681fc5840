import type { AbortOptions } from "@im/transport-core";
import { type LogicPkt, type LogicPktInit, Status } from "@im/wire";
import { ClientError } from "../errors.js";
import { errorText } from "./error-text.js";
import type { Expiring } from "./timeout-queue.js";

export interface RequestSettings extends AbortOptions {
  /** From the call to the response, reconnecting included. */
  readonly timeoutMs: number;
  /** With it, the request is sent again after the connection was lost. */
  readonly idempotencyKey?: string | undefined;
}

/** One request until it settles, which it does once. */
export class PendingRequest implements Expiring {
  /** Of the packet that was sent last; 0 before. */
  sequence = 0;
  /** Counts the wait for a connection; absent once it was sent. */
  aging: Expiring | undefined;
  readonly init: LogicPktInit;
  readonly settings: RequestSettings;
  readonly response: Promise<LogicPkt>;
  readonly #forget: (request: PendingRequest) => void;
  #resolve!: (response: LogicPkt) => void;
  #reject!: (error: unknown) => void;

  /** @param forget called when the request has settled, before anybody hears of it */
  constructor(init: LogicPktInit, settings: RequestSettings, forget: (request: PendingRequest) => void) {
    this.init = init;
    this.settings = settings;
    this.#forget = forget;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    settings.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  get delivery(): "none" | "unknown" {
    return this.sequence === 0 ? "none" : "unknown";
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

  expire(): void {
    const { timeoutMs } = this.settings;
    const message = `no response to ${this.init.command} within ${timeoutMs} ms`;
    this.fail(new ClientError("IM_ERR_REQUEST_TIMEOUT", message, { delivery: this.delivery }));
  }

  readonly #abort = () => this.fail(this.settings.signal?.reason);

  #settled(): void {
    this.settings.signal?.removeEventListener("abort", this.#abort);
    this.#forget(this);
  }
}
