import { CloseCode, type CloseInfo } from "@im/transport-core";
import { atEndOfTurn } from "@im/transport-core/internal";
import { extensionMetaKeys, Flag, type LogicPkt, type LogicPktInit, MetaType, Sequence, Status } from "@im/wire";
import { ClientError } from "../errors.js";
import { asError } from "./as-error.js";
import { InFlightRequests } from "./in-flight-requests.js";
import { PendingRequest, type RequestSettings } from "./pending-request.js";

/** For requests that are made while the client is not online. */
export interface OfflineQueueOptions {
  /** How many may wait. @default 256 */
  readonly maxRequests: number;
  /** How long one may wait for the connection, in milliseconds. @default 60000 */
  readonly maxAgeMs: number;
}

/** What takes requests while the client is online. */
export interface RequestLink {
  /**
   * @returns whether more may follow at once; if not, after `drained`
   * @throws if the packet cannot leave; `IM_ERR_CLOSED` after it was told that the link is gone
   */
  send(packet: LogicPkt): boolean;
  /** Rejects if the link goes. */
  drained(): Promise<void>;
  /** Whether the server remembers idempotency keys. */
  readonly knowsKeys: boolean;
  /** Who has signed in. */
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
  #link: RequestLink | undefined;
  /** Whether the queue of the link is above its mark. */
  #isFull = false;
  /** While a request is repeated that {@link PendingRequest.goesAlone}. */
  #isAloneInFlight = false;
  /** While what waits is sent, which may lead back here. */
  #isSending = false;
  /** Whether the end of this turn sends what waits. */
  #isSendingDue = false;
  /** Of the last link. */
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
    // Whoever fills the same bytes anew for the next request does not change one that is sent later, or again.
    const mayWait = !this.#hasRoom || this.#waiting.size > 0 || this.#limits.offlineQueue !== undefined;
    const isKept = mayWait || settings.idempotencyKey !== undefined;
    const own = isKept && init.body ? { ...init, body: new Uint8Array(init.body) } : init;
    const request = new PendingRequest(own, settings, (settled) => this.#forget(settled));
    if (!this.#link) this.#waitForLink(request);
    else {
      // Until it is sent: if sending shows that the link is gone, `offline` or `end` finds it there.
      this.#waiting.add(request);
      this.#sendWaiting();
    }
    return request.response;
  }

  /** Heeds a response; one that answers nothing in flight means nothing. */
  answered(response: LogicPkt): void {
    const request = this.#inFlight.get(response.sequence);
    if (request?.init.command === response.command) request.answered(response);
  }

  /** There is a connection: what waits is sent. */
  online(link: RequestLink): void {
    const isOther = this.#account !== undefined && this.#account !== link.account;
    if (isOther) this.#failAll((request) => otherAccount(request.delivery));
    this.#account = link.account;
    this.#link = link;
    this.#isFull = false;
    for (const request of this.#waiting) request.stopsAging();
    this.#sendWaiting();
  }

  /** The connection is gone: what may be sent again waits for the next, all else fails. */
  offline(reason: Error & { readonly closeInfo?: CloseInfo }): void {
    if (!this.#link) return;
    // Without a key nobody can tell a repetition from a second request.
    const wentWithKeys = this.#link.knowsKeys;
    const mayBeRepeated = ({ settings }: PendingRequest) => wentWithKeys && settings.idempotencyKey !== undefined;
    this.#link = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const closeCode = reason.closeInfo?.code ?? CloseCode.Abnormal;
    const wasAlone = this.#inFlight.size === 1;
    for (const request of this.#inFlight.takeAll()) {
      if (mayBeRepeated(request) && request.outlives(closeCode, wasAlone)) this.#waiting.add(request);
      else request.fail(unanswered(reason));
    }
    this.#isAloneInFlight = false;
    // Those that were or may be repeated go on waiting; others that waited for room now wait for a connection, if they may.
    for (const request of waiting) {
      if (request.delivery === "unknown" || mayBeRepeated(request)) this.#waiting.add(request);
      else this.#waitForLink(request);
    }
  }

  /** There will be no connection any more. */
  end(reason: Error): void {
    const closed = ({ delivery }: PendingRequest) =>
      new ClientError("IM_ERR_CLIENT_CLOSED", reason.message, { cause: reason, delivery });
    // What waits for room does not wait for a connection any more.
    this.#failAll(closed);
    this.offline(reason);
    this.#failAll(closed);
    this.#account = undefined;
  }

  #failAll(errorFor: (request: PendingRequest) => ClientError): void {
    for (const request of this.#waiting) request.fail(errorFor(request));
  }

  get #hasRoom(): boolean {
    return !this.#isFull && !this.#isAloneInFlight && this.#inFlight.size < this.#limits.maxInFlight;
  }

  #sendWaiting(): void {
    if (this.#isSending || !this.#hasRoom) return;
    this.#isSending = true;
    for (const request of this.#waiting) {
      // Sending may have shown that the connection is gone, or filled its queue.
      const link = this.#link;
      if (!link || !this.#hasRoom) break;
      // It fails as well, as soon as it is told.
      if (request.isOver) continue;
      // What follows waits for it.
      if (request.goesAlone && this.#inFlight.size > 0) break;
      if (request.delivery === "none" || link.knowsKeys) this.#send(request, link);
      else request.fail(unanswered(new Error("this server does not remember idempotency keys")));
    }
    this.#isSending = false;
  }

  /** What has ended one request may be about to end others, or the connection. */
  #sendWaitingAtEndOfTurn(): void {
    if (this.#isSendingDue || this.#waiting.size === 0) return;
    this.#isSendingDue = true;
    atEndOfTurn(() => {
      this.#isSendingDue = false;
      this.#sendWaiting();
    });
  }

  async #sendWhenDrained(link: RequestLink): Promise<void> {
    try {
      await link.drained();
    } catch {
      // It has ended, and `offline` says so.
      return;
    }
    if (this.#link !== link) return;
    this.#isFull = false;
    this.#sendWaiting();
  }

  #forget(request: PendingRequest): void {
    this.#waiting.delete(request);
    if (!this.#inFlight.delete(request)) return;
    this.#isAloneInFlight = false;
    this.#sendWaitingAtEndOfTurn();
  }

  #send(request: PendingRequest, link: RequestLink): void {
    const sequence = this.nextSequence();
    const { command, dest = "", meta = [], body = NO_BYTES } = request.init;
    const { idempotencyKey: value } = request.settings;
    const isKeyed = value !== undefined && link.knowsKeys;
    const key = extensionMetaKeys.idempotencyKey;
    const metas = isKeyed ? [...meta, { key, value, type: MetaType.String }] : meta;
    let hasRoom: boolean;
    try {
      // Each member by name: a spread that adds members takes V8 longer than all else that a request does.
      hasRoom = link.send({
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
    // Sending reads what the application gave, which may do anything, an abort included.
    if (!request.isSettled) {
      this.#waiting.delete(request);
      request.sequence = sequence;
      this.#inFlight.add(request);
      this.#isAloneInFlight = request.goesAlone;
    }
    if (hasRoom || this.#isFull) return;
    this.#isFull = true;
    void this.#sendWhenDrained(link);
  }

  #notSent(request: PendingRequest, error: Error & { code?: unknown }): void {
    if (request.isSettled) return;
    // `offline` was called: it goes on waiting.
    if (error.code === "IM_ERR_CLOSED") return;
    // A queue that is full gives the system what it takes, and that may be all.
    const hasNotLeft = request.delivery === "none" && error.code !== "IM_ERR_QUEUE_FULL";
    request.fail(hasNotLeft ? error : unanswered(error));
  }

  #waitForLink(request: PendingRequest): void {
    const queue = this.#limits.offlineQueue;
    const offline = (why: string) =>
      request.fail(new ClientError("IM_ERR_OFFLINE", `not sent: ${why}`, { delivery: "none" }));
    if (!queue) offline("the client is not online; wait for that, or allow it an offlineQueue");
    else if (this.#waiting.size >= queue.maxRequests) offline(`${queue.maxRequests} requests wait already`);
    else {
      this.#waiting.add(request);
      request.waits(queue.maxAgeMs);
    }
  }
}

function unanswered(reason: Error): ClientError {
  const message = `the connection was lost before the response came, so it may or may not be done: ${reason.message}`;
  return new ClientError("IM_ERR_UNANSWERED", message, { cause: reason, delivery: "unknown" });
}

function otherAccount(delivery: "none" | "unknown"): ClientError {
  const message = "another account has signed in meanwhile, and requests are made for one account alone";
  return new ClientError(delivery === "none" ? "IM_ERR_OFFLINE" : "IM_ERR_UNANSWERED", message, { delivery });
}
