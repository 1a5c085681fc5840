import { CloseCode, TransportError } from "@im/transport-core";
import { isThenable } from "@im/transport-core/internal";
import {
  type CommandDefinition,
  encodeErrorResp,
  type LogicPktView,
  marshalResponse,
  Status,
  type Status as StatusCode,
} from "@im/wire";
import { encodeBody } from "../encode-body.js";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Claims, OwnClaim } from "../idempotency/claims.js";
import type { PushReport, PushTarget } from "../push/push-target.js";
import type { Pusher } from "../push/pusher.js";
import type { Abortable, LiveSession } from "../session/live-session.js";

/** The reason of the Close for a request that not even an error can answer. */
export const UNANSWERABLE = "the header leaves no room for a response";

/** What requests need of the gateway. */
export interface RequestServices {
  readonly settings: GatewaySettings;
  readonly claims: Claims;
  readonly pusher: Pusher;
}

/** The context of one request, for typed and raw handlers alike: see `RequestContext` for what they see of it. */
export class HandledRequest implements Abortable {
  readonly session: LiveSession;
  readonly packet: LogicPktView;
  readonly command: string;
  readonly definition: CommandDefinition | undefined;
  body: unknown = undefined;
  status: StatusCode | undefined = undefined;
  /** When its handler's time is over; 0 for one that is not asynchronous. */
  deadlineMs = 0;
  /** Set while this request holds the claim of an idempotency key. */
  claim: OwnClaim | undefined = undefined;
  readonly #services: RequestServices;
  readonly #startedMs: number;
  #isTimedOut = false;
  #aborting: AbortController | undefined;
  #abortedBy: GatewayError | undefined;
  #released: (() => void) | undefined;
  /** Of the handler and the middleware, those that gave a promise which has not settled. */
  #unsettled = 0;
  #lastAwaited: PromiseLike<unknown> | undefined;
  /** What the outermost of them gave, until it has settled. */
  #outermost: PromiseLike<unknown> | undefined;
  /** What an inner one rejected with while an outer one was there to hear of it. */
  #innerFailure: { readonly error: unknown } | undefined;
  #whenSettled: (() => void) | undefined;

  constructor(
    services: RequestServices,
    session: LiveSession,
    packet: LogicPktView,
    command: string,
    definition: CommandDefinition | undefined,
  ) {
    this.#services = services;
    this.session = session;
    this.packet = packet;
    this.command = command;
    this.definition = definition;
    this.#startedMs = services.settings.hooks.answered ? performance.now() : 0;
  }

  /** Read when it is asked for: a handler that needs none spares the time. */
  get dest(): string {
    try {
      return this.packet.dest;
    } catch (error) {
      this.session.close(GatewayCloseCode.InvalidPacket, "what came is no packet");
      throw error;
    }
  }

  get sequence(): number {
    return this.packet.sequence;
  }

  get signal(): AbortSignal {
    if (!this.#aborting) {
      this.#aborting = new AbortController();
      if (this.#abortedBy) this.#aborting.abort(this.#abortedBy);
    }
    return this.#aborting.signal;
  }

  respond(body?: unknown): boolean {
    return this.answer(Status.Success, encodeBody(this.definition?.response, this.command, body));
  }

  fail(status: StatusCode, message: string): boolean {
    if (status === Status.Success) {
      throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", "fail needs a status other than Success: use respond");
    }
    return this.answer(status, encodeErrorResp({ message }));
  }

  push(target: PushTarget, command: string, body?: unknown): Promise<PushReport> {
    const { sequence, dest, session } = this;
    return this.#services.pusher.push(target, command, body, { channelId: session.channelId, sequence, dest });
  }

  answer(status: StatusCode, body: Uint8Array): boolean {
    if (this.status !== undefined) {
      if (this.#isTimedOut) return this.#recordLate(status, body);
      throw new GatewayError("IM_ERR_ANSWERED", `the request was answered before, with status ${this.status}`);
    }
    const packet = marshalResponse(this.packet, { status, body });
    const keepsUp = this.#send(packet);
    this.status = status;
    this.#record(status, body);
    const { hooks } = this.#services.settings;
    hooks.answered?.(this.session, this.command, status, performance.now() - this.#startedMs);
    return keepsUp;
  }

  #send(packet: Uint8Array): boolean {
    try {
      return this.session.deliver(packet);
    } catch (error) {
      // Nobody is there any more to be answered: the end of the session is told.
      if (error instanceof TransportError && (error.code === "IM_ERR_CLOSED" || error.code === "IM_ERR_QUEUE_FULL")) {
        return false;
      }
      throw error;
    }
  }

  /** After the time was over nothing is sent, but a repetition is answered with it. */
  #recordLate(status: StatusCode, body: Uint8Array): boolean {
    this.#record(status, body);
    return false;
  }

  /** Answers of 300 to 399 ask for another try: such a request may run again. */
  #record(status: StatusCode, body: Uint8Array): void {
    if (!this.claim || (status >= 300 && status < 400)) return;
    const claim = this.claim;
    this.claim = undefined;
    this.#services.claims.record(claim, { status, body }, (error) => this.report(error));
  }

  /** Gives a claim back that no answer was recorded for. */
  releaseClaim(): void {
    const { claim } = this;
    if (!claim) return;
    this.claim = undefined;
    this.#services.claims.release(claim, (error) => this.report(error));
  }

  /** The handler's time is over: the peer is answered, and the channel goes on with its next message. */
  expire(): void {
    const late = new GatewayError("IM_ERR_HANDLER_TIMEOUT", `the handler of ${this.command} took too long`);
    this.abort(late);
    if (this.status === undefined) {
      this.#failOrClose("the service took too long");
      this.#isTimedOut = true;
      this.report(late);
    }
    this.release();
  }

  /** @param step middleware and handler in one @returns whether all of it is done; else {@link pending} is called next */
  run(step: (request: this) => unknown): boolean {
    try {
      const given = step(this);
      if (isThenable(given)) {
        this.#outermost = given;
        this.waitFor(given);
      }
    } catch (error) {
      this.handleError(error);
    }
    return this.#unsettled === 0;
  }

  /** Counts on what a handler or middleware gave, of whatever shape: the request is not done before it has settled. */
  waitFor(given: PromiseLike<unknown>): void {
    if (given === this.#lastAwaited) return;
    this.#lastAwaited = given;
    // A promise stays what it is; any other thenable is made one that settles once, and later.
    const promise = Promise.resolve(given);
    this.#unsettled++;
    promise.then(
      () => this.#settle(given),
      (error) => {
        if (this.#outermost && this.#outermost !== given) this.#innerFailure = { error };
        else this.handleError(error);
        this.#settle(given);
      },
    );
  }

  #settle(given: PromiseLike<unknown>): void {
    if (this.#outermost === given) this.#outermost = undefined;
    if (--this.#unsettled === 0) this.#whenSettled?.();
  }

  /** What a handler has thrown: the peer learns that, and no more. */
  handleError(error: unknown): void {
    const { end, isClosing } = this.session;
    const isOver = isClosing || (end !== undefined && (error === this.#abortedBy || isClosed(error)));
    if (!isOver) this.report(error);
    if (this.status === undefined) this.#failOrClose("the service failed");
  }

  /** The handler has settled: whoever asked must not be left waiting. */
  complete(): void {
    if (this.status !== undefined) return;
    if (this.#innerFailure) {
      this.handleError(this.#innerFailure.error);
      return;
    }
    this.report(new GatewayError("IM_ERR_NO_ANSWER", `the handler of ${this.command} is done and has not answered`));
    this.#failOrClose("the service has no answer");
  }

  #failOrClose(message: string): void {
    try {
      this.fail(Status.SystemException, message);
    } catch (error) {
      this.report(error);
      this.session.close(CloseCode.PayloadTooLarge, UNANSWERABLE);
    }
  }

  abort(reason: GatewayError): void {
    if (this.#abortedBy) return;
    this.#abortedBy = reason;
    this.#aborting?.abort(reason);
  }

  /** @throws why it was aborted */
  throwIfAborted(): void {
    if (this.#abortedBy) throw this.#abortedBy;
  }

  /** @param settled called once, when all of it is done. @returns what resolves when the channel may go on */
  pending(settled: () => void): Promise<void> {
    this.#whenSettled = settled;
    return new Promise((resolve) => {
      this.#released = resolve;
    });
  }

  release(): void {
    this.#released?.();
  }

  report(error: unknown): void {
    this.#services.settings.report(error, { during: "handle", session: this.session, command: this.command });
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof TransportError && error.code === "IM_ERR_CLOSED";
}
