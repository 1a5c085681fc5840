import { type Channel, CloseCode, TransportError } from "@im/transport-core";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import type { SessionRecord } from "../ports/session-directory.js";
import type { OpenSessions } from "./open-sessions.js";
import type { RequestBudget } from "./request-budget.js";
import type { Session, SessionEnd } from "./session.js";
import { WallClockTimer } from "./wall-clock-timer.js";

/** Something that goes on for a session and is told when it is over. */
export interface Abortable {
  abort(reason: GatewayError): void;
}

/** What may be pushed between the entry in the directory and the channel. */
const MAX_EARLY_PACKETS = 256;
const MAX_EARLY_BYTES = 1_048_576;

/** A session whose channel is, or is about to be, at this gateway. */
export class LiveSession implements Session {
  readonly account: string;
  readonly device: string;
  readonly channelId: string;
  readonly gatewayId: string;
  readonly app: string;
  readonly zone: string;
  readonly isp: string;
  readonly remoteIp: string;
  readonly tags: readonly string[];
  readonly connectId: string;
  readonly data: unknown;
  readonly extensions: ReadonlySet<string>;
  readonly expiresAtMs: number | undefined;
  /** What the directory holds. */
  readonly record: SessionRecord;
  readonly budget: RequestBudget | undefined;
  /** Requests whose handlers have not settled. */
  inFlight = 0;
  /** What is to be told when the session is over. */
  readonly running = new Set<Abortable>();
  /** Whether it stands in the directory, as far as we know. */
  isEntered = false;
  readonly #open: OpenSessions;
  #channel: Channel | undefined;
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #expiry: WallClockTimer | undefined;
  #closing: { readonly code: number; readonly reason: string } | undefined;
  #end: SessionEnd | undefined;

  constructor(
    record: SessionRecord,
    own: {
      readonly data: unknown;
      readonly extensions: ReadonlySet<string>;
      readonly expiresAtMs: number | undefined;
      readonly budget: RequestBudget | undefined;
    },
    open: OpenSessions,
  ) {
    this.account = record.account;
    this.device = record.device;
    this.channelId = record.channelId;
    this.gatewayId = record.gatewayId;
    this.app = record.app;
    this.zone = record.zone;
    this.isp = record.isp;
    this.remoteIp = record.remoteIp;
    this.tags = record.tags;
    this.connectId = record.connectId;
    this.record = record;
    this.data = own.data;
    this.extensions = own.extensions;
    this.expiresAtMs = own.expiresAtMs;
    this.budget = own.budget;
    this.#open = open;
  }

  get channel(): Channel | undefined {
    return this.#channel;
  }

  /** How it ended; undefined while it goes on. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Whether nothing that comes from the peer counts any more. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** The server let the connection in: what was pushed meanwhile follows the login's answer. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.#pushEarly(channel);
    this.#open.signedIn(this);
    if (this.#end) this.#open.ended(this, this.#end);
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
      // It is closing, or its queue is full, which closes it: its end is told.
    }
  }

  /** @returns whether the queue is below its mark. @throws what `Agent.push` throws */
  deliver(packet: Uint8Array): boolean {
    if (this.#channel) return this.#channel.push(packet);
    if (this.#early.length === MAX_EARLY_PACKETS || this.#earlyBytes + packet.length > MAX_EARLY_BYTES) {
      throw new TransportError("IM_ERR_QUEUE_FULL", "more is pushed than may wait for a sign-in to be over");
    }
    this.#early.push(packet);
    this.#earlyBytes += packet.length;
    return true;
  }

  /** Ends it once, and tells what is running for it. @returns false if it had ended before */
  finish(end: SessionEnd): boolean {
    if (this.#end) return false;
    this.#end = end;
    this.#expiry?.stop();
    const over = new GatewayError("IM_ERR_SESSION_OVER", `the session is over: ${end}`);
    for (const abortable of this.running) abortable.abort(over);
    if (this.#channel) this.#open.ended(this, end);
    return true;
  }

  /** Ends it as kicked out: the connection is closed after the packet, also where its queue does not take that. */
  evict(packet: Uint8Array, { code, reason }: { readonly code: number; readonly reason: string }): void {
    this.finish("kicked out");
    try {
      this.deliver(packet);
    } catch {
      // Its queue is full, or it is closing already.
    }
    this.close(code, reason);
  }

  /** Closes the connection once what was pushed has left. */
  close(code: number, reason: string): void {
    this.#closing = { code, reason };
    if (this.#channel) void closeWith(this.#channel, this.#closing);
  }
}

/** What came over a bus may be a code that cannot be sent: the channel is closed all the same. */
async function closeWith(channel: Channel, { code, reason }: { code: number; reason: string }): Promise<void> {
  try {
    await channel.close(code, reason);
  } catch {
    await channel.close(CloseCode.PolicyViolation);
  }
}
