import { CloseCode, type CloseInfo } from "@im/transport-core";
import { atEndOfTurn } from "@im/transport-core/internal";
import { Flag, type LogicPkt, type LogicPktInit, MetaType, Sequence, Status } from "@im/wire";
import { extensionMetaKeys } from "@im/wire/codec";
import { ClientError } from "../errors.js";
import { asError } from "./as-error.js";
import { InFlightRequests } from "./in-flight-requests.js";
import { PendingRequest, type RequestSettings } from "./pending-request.js";

/** Limits of the requests that wait while the client is not online. */
export interface OfflineQueueOptions {
  /** How many may wait. @default 256 */
  readonly maxRequests: number;
  /** How long one may wait for the connection, in milliseconds. @default 60000 */
  readonly maxAgeMs: number;
}

/** What takes requests while the client is online. */
export interface RequestConnection {
  /**
   * @returns whether more may follow at once; if not, after `drained`
   * @throws if the packet cannot leave; `IM_ERR_CLOSED` after `offline` or `end` was called
   */
  send(packet: LogicPkt): boolean;
  /** Resolves when more may be sent. Rejects if the connection ends. */
  drained(): Promise<void>;
  /** Whether the server remembers idempotency keys. */
  readonly supportsIdempotency: boolean;
  /** The account that has signed in. */
  readonly account: string;
}

export interface RequestLimits {
  /** How many may be sent and not have settled; more wait. */
  readonly maxInFlight: number;
  readonly offlineQueue?: OfflineQueueOptions | undefined;
}

const NO_BYTES = /* @__PURE__ */ new Uint8Array(0);

/** The requests of one client: those in flight, and those that wait for a connection, or for room. */
export class Requests {
  readonly #inFlight = new InFlightRequests();
  /** In the order in which they are to be sent. */
  readonly #waiting = new Set<PendingRequest>();
  readonly #sequence: Sequence;
  readonly #limits: RequestLimits;
  #connection: RequestConnection | undefined;
  /** Whether the queue of the connection is above its mark. */
  #isFull = false;
  /** While a request is repeated that {@link PendingRequest.goesAlone}. */
  #isAloneInFlight = false;
  /** While what waits is sent, which may lead back here. */
  #isSending = false;
  /** Whether the end of this turn sends what waits. */
  #isSendingDue = false;
  /** Of the last connection. */
  #account: string | undefined;

  constructor(limits: RequestLimits, sequence = new Sequence()) {
    this.#limits = limits;
    this.#sequence = sequence;
  }

  /** How many have not settled. */
  get pending(): number {
    return this.#inFlight.size + this.#waiting.size;
  }

  /** Never 0, and never that of a request in flight. */
  nextSequence(): number {
    let sequence = this.#sequence.next();
    while (!this.#inFlight.isFree(sequence)) sequence = this.#sequence.next();
    return sequence;
  }

  /** Sends, or waits for a connection if it may. Settles once. */
  submit(init: LogicPktInit, settings: RequestSettings): Promise<LogicPkt> {
    // The caller may reuse the memory of the body before the request is sent, or sent again.
    const mayWait = !this.#hasRoom() || this.#waiting.size > 0 || this.#limits.offlineQueue !== undefined;
    const isKept = mayWait || settings.idempotencyKey !== undefined;
    const own = isKept && init.body ? { ...init, body: new Uint8Array(init.body) } : init;
    const request = new PendingRequest(own, settings, (settled) => this.#forget(settled));
    if (!this.#connection) this.#waitForConnection(request);
    else {
      // Until it is sent: if sending shows that the connection is gone, `offline` or `end` finds it there.
      this.#waiting.add(request);
      this.#sendWaiting();
    }
    return request.response;
  }

  /** Settles the request that this response answers; a response to none in flight is ignored. */
  answered(response: LogicPkt): void {
    const request = this.#inFlight.get(response.sequence);
    if (request?.init.command === response.command) request.answered(response);
  }

  /** There is a connection: sends the requests that wait. */
  online(connection: RequestConnection): void {
    const isOther = this.#account !== undefined && this.#account !== connection.account;
    if (isOther) this.#failAll((request) => otherAccount(request.delivery));
    this.#account = connection.account;
    this.#connection = connection;
    this.#isFull = false;
    for (const request of this.#waiting) request.stopsAging();
    this.#sendWaiting();
  }

  /** The connection is gone: requests that may be sent again wait for the next one, all others fail. */
  offline(reason: Error & { readonly closeInfo?: CloseInfo }): void {
    if (!this.#connection) return;
    // Without a key the server cannot distinguish a repetition from a second request.
    const wentWithKeys = this.#connection.supportsIdempotency;
    const mayBeRepeated = ({ settings }: PendingRequest) => wentWithKeys && settings.idempotencyKey !== undefined;
    this.#connection = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const closeCode = reason.closeInfo?.code ?? CloseCode.Abnormal;
    const wasAlone = this.#inFlight.size === 1;
    for (const request of this.#inFlight.takeAll()) {
      if (mayBeRepeated(request) && request.outlives(closeCode, wasAlone)) this.#waiting.add(request);
      else request.fail(unanswered(reason));
    }
    this.#isAloneInFlight = false;
    // Requests that were or may be repeated go on waiting; others now wait for a connection, if the offline queue takes them.
    for (const request of waiting) {
      if (request.delivery === "unknown" || mayBeRepeated(request)) this.#waiting.add(request);
      else this.#waitForConnection(request);
    }
  }

  /** The client is closed: fails all requests. */
  end(reason: Error): void {
    const closed = ({ delivery }: PendingRequest) =>
      new ClientError("IM_ERR_CLIENT_CLOSED", reason.message, { cause: reason, delivery });
    // Before `offline`, which would move those that wait for room to the offline queue.
    this.#failAll(closed);
    this.offline(reason);
    this.#failAll(closed);
    this.#account = undefined;
  }

  #failAll(errorFor: (request: PendingRequest) => ClientError): void {
    for (const request of this.#waiting) request.fail(errorFor(request));
  }

  #hasRoom(): boolean {
    return !this.#isFull && !this.#isAloneInFlight && this.#inFlight.size < this.#limits.maxInFlight;
  }

  #sendWaiting(): void {
    if (this.#isSending || !this.#hasRoom()) return;
    this.#isSending = true;
    for (const request of this.#waiting) {
      // Sending may have shown that the connection is gone, or filled its queue.
      const connection = this.#connection;
      if (!connection || !this.#hasRoom()) break;
      // Its timer or abort listener is about to fail it.
      if (request.isOver) continue;
      // It waits until nothing is in flight, and what follows waits for it.
      if (request.goesAlone && this.#inFlight.size > 0) break;
      if (request.delivery === "none" || connection.supportsIdempotency) this.#send(request, connection);
      else request.fail(unanswered(new Error("this server does not support idempotency keys")));
    }
    this.#isSending = false;
  }

  /** What ended one request may also end others, or the connection, in this turn. */
  #sendWaitingAtEndOfTurn(): void {
    if (this.#isSendingDue || this.#waiting.size === 0) return;
    this.#isSendingDue = true;
    atEndOfTurn(() => {
      this.#isSendingDue = false;
      this.#sendWaiting();
    });
  }

  async #sendWhenDrained(connection: RequestConnection): Promise<void> {
    try {
      await connection.drained();
    } catch {
      // It has ended, and `offline` handles that.
      return;
    }
    if (this.#connection !== connection) return;
    this.#isFull = false;
    this.#sendWaiting();
  }

  #forget(request: PendingRequest): void {
    this.#waiting.delete(request);
    if (!this.#inFlight.delete(request)) return;
    this.#isAloneInFlight = false;
    this.#sendWaitingAtEndOfTurn();
  }

  #send(request: PendingRequest, connection: RequestConnection): void {
    const sequence = this.nextSequence();
    const { command, dest = "", meta = [], body = NO_BYTES } = request.init;
    const { idempotencyKey: value } = request.settings;
    const isKeyed = value !== undefined && connection.supportsIdempotency;
    const key = extensionMetaKeys.idempotencyKey;
    const metas = isKeyed ? [...meta, { key, value, type: MetaType.String }] : meta;
    let hasRoom: boolean;
    try {
      // Each member by name: a spread that adds members takes V8 longer than all else that a request does.
      hasRoom = connection.send({
        kind: "logic",
        command,
        channelId: "",
        sequence,
        flag: Flag.Request,
        status: Status.Success,
        dest,
        meta: metas,
        body,
      });
    } catch (error) {
      this.#notSent(request, asError(error));
      return;
    }
    // Sending reads objects of the application, whose getters may abort the request.
    if (!request.isSettled) {
      this.#waiting.delete(request);
      request.sequence = sequence;
      this.#inFlight.add(request);
      this.#isAloneInFlight = request.goesAlone;
    }
    if (hasRoom || this.#isFull) return;
    this.#isFull = true;
    void this.#sendWhenDrained(connection);
  }

  #notSent(request: PendingRequest, error: Error & { code?: unknown }): void {
    if (request.isSettled) return;
    // `offline` was called: the request goes on waiting.
    if (error.code === "IM_ERR_CLOSED") return;
    // When a full queue closes the connection, the system may still have taken this request.
    const hasNotLeft = request.delivery === "none" && error.code !== "IM_ERR_QUEUE_FULL";
    request.fail(hasNotLeft ? error : unanswered(error));
  }

  #waitForConnection(request: PendingRequest): void {
    const queue = this.#limits.offlineQueue;
    const offline = (why: string) =>
      request.fail(new ClientError("IM_ERR_OFFLINE", `the request was not sent: ${why}`, { delivery: "none" }));
    if (!queue) offline("the client is not online; wait for ready(), or set offlineQueue");
    else if (this.#waiting.size >= queue.maxRequests) offline(`${queue.maxRequests} requests wait already`);
    else {
      this.#waiting.add(request);
      request.waits(queue.maxAgeMs);
    }
  }
}

function unanswered(reason: Error): ClientError {
  const message = `the connection was lost before the response came; it may or may not have been carried out: ${reason.message}`;
  return new ClientError("IM_ERR_UNANSWERED", message, { cause: reason, delivery: "unknown" });
}

function otherAccount(delivery: "none" | "unknown"): ClientError {
  const message = "another account has signed in";
  return new ClientError(delivery === "none" ? "IM_ERR_OFFLINE" : "IM_ERR_UNANSWERED", message, { delivery });
}
