import { CloseCode, TransportError } from "@im/transport-core";
import { isClosedError, isThenable } from "@im/transport-core/internal";
import { type CommandDefinition, Status, type Status as StatusCode } from "@im/wire";
import { encodeErrorResp, type LogicPktView, marshalResponse } from "@im/wire/codec";
import { encodeBody } from "../encode-body.js";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Claims, OwnClaim } from "../idempotency/claims.js";
import type { PushHeader, PushReport, PushTarget } from "../push/push-target.js";
import type { Pusher } from "../push/pusher.js";
import type { Abortable, LiveSession } from "../session/live-session.js";
import { AwaitedPromises } from "./awaited-promises.js";

/** The reason of the Close for a request whose header leaves no room even for an error response. */
export const UNANSWERABLE = "the header leaves no room for a response";

/** The parts of the gateway that requests use. */
export interface RequestServices {
  readonly settings: GatewaySettings;
  readonly claims: Claims;
  readonly pusher: Pusher;
}

/** One request on its way through middleware to its handler, which hold it as a `RequestHandle`. */
export class HandledRequest implements Abortable {
  readonly session: LiveSession;
  readonly packet: LogicPktView;
  readonly command: string;
  readonly definition: CommandDefinition | undefined;
  body: unknown = undefined;
  status: StatusCode | undefined = undefined;
  /** When its handler times out, in milliseconds of `performance.now()`; 0 for a synchronous handler. */
  deadlineMs = 0;
  /** The claim of its idempotency key, while this request holds it. */
  claim: OwnClaim | undefined = undefined;
  readonly #services: RequestServices;
  readonly #startedMs: number;
  #isTimedOut = false;
  #aborting: AbortController | undefined;
  #abortedBy: GatewayError | undefined;
  #released: (() => void) | undefined;
  /** Made for the first: most handlers return none. */
  #awaited: AwaitedPromises | undefined;

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

  /** Decoded on access: a handler that does not need it does not pay for it. */
  get dest(): string {
    try {
      return this.packet.dest;
    } catch (error) {
      this.session.close(GatewayCloseCode.InvalidPacket, "the message is not a packet");
      throw error;
    }
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

  push(target: PushTarget, command: string, body?: unknown, header?: PushHeader): Promise<PushReport> {
    const { packet, dest, session } = this;
    const stamp = { channelId: session.channelId, sequence: packet.sequence, dest };
    return this.#services.pusher.push(target, command, body, header, stamp);
  }

  answer(status: StatusCode, body: Uint8Array): boolean {
    if (this.status !== undefined) {
      if (this.#isTimedOut) return this.#recordLate(status, body);
      throw new GatewayError("IM_ERR_ANSWERED", `the request is answered already, with status ${this.status}`);
    }
    const packet = marshalResponse(this.packet, { status, body });
    const keepsUp = this.#send(packet);
    this.status = status;
    this.#record(status, body);
    const { hooks } = this.#services.settings;
    hooks.answered?.(this.session.handle, this.command, status, performance.now() - this.#startedMs);
    return keepsUp;
  }

  #send(packet: Uint8Array): boolean {
    try {
      return this.session.deliver(packet);
    } catch (error) {
      // The connection has ended or is closing; the end of the session is reported separately.
      if (error instanceof TransportError && (error.code === "IM_ERR_CLOSED" || error.code === "IM_ERR_QUEUE_FULL")) {
        return false;
      }
      throw error;
    }
  }

  /** After a timeout nothing is sent, but the answer is recorded for a repetition. */
  #recordLate(status: StatusCode, body: Uint8Array): boolean {
    this.#record(status, body);
    return false;
  }

  /** Not for a status of 300 to 399, which asks the client to try again: such a request may run again. */
  #record(status: StatusCode, body: Uint8Array): void {
    if (!this.claim || (status >= 300 && status < 400)) return;
    const claim = this.claim;
    this.claim = undefined;
    this.#services.claims.record(claim, { status, body }, (error) => this.report(error));
  }

  /** Releases a claim for which no answer was recorded. */
  releaseClaim(): void {
    const { claim } = this;
    if (!claim) return;
    this.claim = undefined;
    this.#services.claims.release(claim, (error) => this.report(error));
  }

  /** The handler has timed out: the peer is answered, and the channel goes on with its next message. */
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

  /**
   * @param step middleware and handler in one
   * @param handle what they hold of this request
   * @returns whether all of it is done; else {@link pending} is called next
   */
  run<Handle>(step: (handle: Handle) => unknown, handle: Handle): boolean {
    try {
      const given = step(handle);
      if (isThenable(given)) this.#promises().addOutermost(given);
    } catch (error) {
      this.handleError(error);
    }
    return this.#awaited?.areSettled ?? true;
  }

  /** Waits for a promise of a handler or middleware: the request is not done before it has settled. */
  waitFor(given: PromiseLike<unknown>): void {
    this.#promises().add(given);
  }

  #promises(): AwaitedPromises {
    this.#awaited ??= new AwaitedPromises((error) => this.handleError(error));
    return this.#awaited;
  }

  /** A handler has thrown: the response says that it failed, but not why. */
  handleError(error: unknown): void {
    const { end, isClosing } = this.session;
    const isOver = isClosing || (end !== undefined && (error === this.#abortedBy || isClosedError(error)));
    if (!isOver) this.report(error);
    if (this.status === undefined) this.#failOrClose("the service failed");
  }

  /** The handler has settled: if it has not answered, the gateway does. */
  complete(): void {
    if (this.status !== undefined) return;
    const innerFailure = this.#awaited?.innerFailure;
    if (innerFailure) {
      this.handleError(innerFailure.error);
      return;
    }
    this.report(new GatewayError("IM_ERR_NO_ANSWER", `the handler of ${this.command} has settled without an answer`));
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

  /** @throws the reason of the abort */
  throwIfAborted(): void {
    if (this.#abortedBy) throw this.#abortedBy;
  }

  /** @param settled called once, when all promises have settled @returns resolves when the channel may go on */
  pending(settled: () => void): Promise<void> {
    this.#promises().whenSettled(settled);
    return new Promise((resolve) => {
      this.#released = resolve;
    });
  }

  release(): void {
    this.#released?.();
  }

  report(error: unknown): void {
    this.#services.settings.report(error, { during: "handle", session: this.session.handle, command: this.command });
  }
}
