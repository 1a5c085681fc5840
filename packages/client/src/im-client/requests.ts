import { createLogicPkt, extensionMetaKeys, type LogicPkt, type LogicPktInit, MetaType, Sequence } from "@im/wire";
import { ClientError } from "../errors.js";
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
  /** @throws if the packet cannot leave; then it has not left */
  send(packet: LogicPkt): void;
  /** Whether the server remembers idempotency keys. */
  readonly knowsKeys: boolean;
}

/** The requests of one client: those in flight, by sequence, and those that wait for a connection. */
export class Requests {
  readonly #inFlight = new Map<number, PendingRequest>();
  /** In the order in which they are to be sent. */
  readonly #waiting = new Set<PendingRequest>();
  readonly #sequence: Sequence;
  readonly #offlineQueue: OfflineQueueOptions | undefined;
  #link: RequestLink | undefined;

  constructor(offlineQueue: OfflineQueueOptions | undefined, sequence = new Sequence()) {
    this.#offlineQueue = offlineQueue;
    this.#sequence = sequence;
  }

  /** How many have not settled. */
  get pending(): number {
    return this.#inFlight.size + this.#waiting.size;
  }

  /** Never 0, and never that of a request in flight. */
  nextSequence(): number {
    let sequence = this.#sequence.next();
    while (this.#inFlight.has(sequence)) sequence = this.#sequence.next();
    return sequence;
  }

  /** Sends, or waits for a connection if it may. Settles once. */
  submit(init: LogicPktInit, settings: RequestSettings): Promise<LogicPkt> {
    const request = new PendingRequest(init, settings, (settled) => this.#forget(settled));
    if (this.#link) this.#send(request, this.#link);
    else this.#waitForLink(request);
    return request.response;
  }

  /** Heeds a response; one that answers nothing in flight means nothing. */
  answered(response: LogicPkt): void {
    const request = this.#inFlight.get(response.sequence);
    if (request?.init.command === response.command) request.answered(response);
  }

  /** There is a connection: what waits is sent. */
  online(link: RequestLink): void {
    this.#link = link;
    for (const request of this.#waiting) {
      // Sending may have shown that the connection is gone.
      if (this.#link !== link) return;
      if (request.sequence === 0 || link.knowsKeys) this.#send(request, link);
      else request.fail(unanswered(new Error("this server does not remember idempotency keys")));
    }
  }

  /** The connection is gone: what may be sent again waits for the next, all else fails. */
  offline(reason: Error): void {
    // Without a key nobody can tell a repetition from a second request.
    const wentWithKeys = this.#link?.knowsKeys ?? false;
    this.#link = undefined;
    for (const [sequence, request] of this.#inFlight) {
      this.#inFlight.delete(sequence);
      if (wentWithKeys && request.settings.idempotencyKey !== undefined) this.#waiting.add(request);
      else request.fail(unanswered(reason));
    }
  }

  /** There will be no connection any more. */
  end(reason: Error): void {
    this.offline(reason);
    for (const request of this.#waiting) {
      const { delivery } = request;
      request.fail(new ClientError("IM_ERR_CLIENT_CLOSED", reason.message, { cause: reason, delivery }));
    }
  }

  #forget(request: PendingRequest): void {
    if (this.#inFlight.get(request.sequence) === request) this.#inFlight.delete(request.sequence);
    this.#waiting.delete(request);
  }

  #send(request: PendingRequest, link: RequestLink): void {
    const sequence = this.nextSequence();
    const { meta = [] } = request.init;
    const { idempotencyKey } = request.settings;
    const key = { key: extensionMetaKeys.idempotencyKey, value: idempotencyKey ?? "", type: MetaType.String };
    const keyed = idempotencyKey !== undefined && link.knowsKeys;
    try {
      link.send(createLogicPkt({ ...request.init, sequence, meta: keyed ? [...meta, key] : meta }));
    } catch (error) {
      if (request.isSettled) return;
      // It has ended, and `offline` will be called: whoever waits goes on waiting.
      if ((error as { code?: unknown }).code !== "IM_ERR_CLOSED") {
        request.fail(request.delivery === "none" ? error : unanswered(error as Error));
      } else if (!this.#waiting.has(request)) this.#waitForLink(request);
      return;
    }
    // Sending reads what the application gave, which may do anything, an abort included.
    if (request.isSettled) return;
    this.#waiting.delete(request);
    request.sent(sequence);
    this.#inFlight.set(sequence, request);
  }

  #waitForLink(request: PendingRequest): void {
    const queue = this.#offlineQueue;
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
