import { type Agent, type Channel, CloseCode, TransportError } from "@im/transport-core";
import { DISPLACED, GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import { LinkedList } from "../linked-list.js";
import type { SessionRecord } from "../ports/session-directory.js";
import type { BroadcastReceiver, LocalBroadcasts } from "../push/local-broadcasts.js";
import type { OpenSessions } from "./open-sessions.js";
import type { RequestBudget } from "./request-budget.js";
import type { SessionEnd } from "./session.js";
import { type OwnData, SessionHandle } from "./session-handle.js";
import { WallClockTimer } from "./wall-clock-timer.js";

/** Something in progress for a session, which is aborted when the session ends. */
export interface Abortable {
  abort(reason: GatewayError): void;
}

/** What may wait between the entry in the directory and the opening of the channel. */
const MAX_EARLY_PACKETS = 256;
const MAX_EARLY_BYTES = 1_048_576;

/** A session of this gateway. Its channel may not be open yet. */
export class LiveSession implements BroadcastReceiver {
  /** What users get. */
  readonly handle: SessionHandle<LiveSession>;
  readonly account: string;
  readonly device: string;
  readonly channelId: string;
  readonly connectId: string;
  readonly extensions: ReadonlySet<string>;
  readonly expiresAtMs: number | undefined;
  /** What stands in the directory. */
  readonly record: SessionRecord;
  readonly budget: RequestBudget | undefined;
  /** Requests whose handlers have not settled. */
  inFlight = 0;
  /** What is aborted when the session ends. */
  readonly running = new LinkedList<Abortable>();
  /** Whether it stands in the directory, as far as this gateway knows. */
  isEntered = false;
  /** Of its entry in the directory. */
  epoch = 0;
  /** Calls that put it back and that the directory has not answered. They do not reject. */
  restoring: readonly Promise<void>[] = [];
  readonly #open: OpenSessions;
  readonly #broadcasts: Pick<LocalBroadcasts, "areUnderWay" | "deliverTo">;
  #channel: Channel | undefined;
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #expiry: WallClockTimer | undefined;
  #closing: { readonly code: number; readonly reason: string } | undefined;
  #end: SessionEnd | undefined;

  constructor(
    record: SessionRecord,
    own: OwnData & { readonly budget: RequestBudget | undefined },
    open: OpenSessions,
    broadcasts: Pick<LocalBroadcasts, "areUnderWay" | "deliverTo">,
  ) {
    this.account = record.account;
    this.device = record.device;
    this.channelId = record.channelId;
    this.connectId = record.connectId;
    this.record = record;
    this.extensions = own.extensions;
    this.expiresAtMs = own.expiresAtMs;
    this.budget = own.budget;
    this.#open = open;
    this.#broadcasts = broadcasts;
    this.handle = new SessionHandle(record, own, this);
  }

  /** The session of a signed-in channel. */
  static of({ meta }: Agent): LiveSession {
    return SessionHandle.liveOf(meta.session as SessionHandle<LiveSession>);
  }

  get channel(): Channel | undefined {
    return this.#channel;
  }

  /** How it ended; undefined until it has. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Whether it is being closed: messages of the peer are ignored. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Whether a newer sign-in has its place: that session ends the presence of the account. */
  get isDisplaced(): boolean {
    return this.#closing?.reason === DISPLACED;
  }

  /** The channel is open, and the sign-in is answered: what was pushed before follows. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.#pushEarly(channel);
    this.#open.signedIn(this.handle);
    if (this.#end) this.#open.ended(this.handle, this.#end);
    if (this.#closing) void closeWith(channel, this.#closing);
    else if (!this.#end && this.expiresAtMs !== undefined) this.#closeAt(this.expiresAtMs);
  }

  #closeAt(expiresAtMs: number): void {
    const close = () => this.close(GatewayCloseCode.Expired, "the token has expired: sign in again");
    this.#expiry = new WallClockTimer(close, expiresAtMs);
  }

  #pushEarly(channel: Channel): void {
    const early = this.#early;
    this.#early = [];
    try {
      for (const packet of early) channel.push(packet);
    } catch {
      // It is closing, or its queue is full, which closes it.
    }
  }

  /** Queues a packet, after the broadcasts before it. @returns as {@link enqueue} @throws as {@link enqueue} */
  deliver(packet: Uint8Array): boolean {
    if (this.#broadcasts.areUnderWay) this.#broadcasts.deliverTo(this);
    return this.enqueue(packet);
  }

  /** Queues a packet. @returns whether the queue is below its mark. @throws what `Agent.push` throws */
  enqueue(packet: Uint8Array): boolean {
    if (this.#channel) return this.#channel.push(packet);
    if (this.#early.length === MAX_EARLY_PACKETS || this.#earlyBytes + packet.length > MAX_EARLY_BYTES) {
      throw new TransportError("IM_ERR_QUEUE_FULL", "too many pushes wait for the sign-in to be answered");
    }
    this.#early.push(packet);
    this.#earlyBytes += packet.length;
    return true;
  }

  /** Ends the session once, and aborts what is in progress for it. @returns false if it had ended before */
  finish(end: SessionEnd): boolean {
    if (this.#end) return false;
    this.#end = end;
    this.#expiry?.stop();
    // Most sessions end with nothing in progress, and an error with its stack takes as long as all the rest.
    let over: GatewayError | undefined;
    for (const abortable of this.running) {
      over ??= new GatewayError("IM_ERR_SESSION_OVER", `the session has ended: ${end}`);
      abortable.abort(over);
    }
    if (this.#channel) this.#open.ended(this.handle, end);
    return true;
  }

  /** Kicks it out: delivers the packet, then closes the connection, even if the queue does not take the packet. */
  evict(packet: Uint8Array, { code, reason }: { readonly code: number; readonly reason: string }): void {
    this.#broadcasts.deliverTo(this);
    this.finish("kicked out");
    try {
      this.deliver(packet);
    } catch {
      // Its queue is full, or it is closing already.
    }
    this.close(code, reason);
  }

  /** Closes the connection after all that was pushed before. */
  close(code: number, reason: string): void {
    this.#broadcasts.deliverTo(this);
    this.#closing = { code, reason };
    if (this.#channel) void closeWith(this.#channel, this.#closing);
  }
}

/** A code from the bus may be one that a Close cannot carry: then the channel is closed with 1008. */
async function closeWith(channel: Channel, { code, reason }: { code: number; reason: string }): Promise<void> {
  try {
    await channel.close(code, reason);
  } catch {
    await channel.close(CloseCode.PolicyViolation);
  }
}
