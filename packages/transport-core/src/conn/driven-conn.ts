import type { Address } from "../contract/address.js";
import type { Conn } from "../contract/conn.js";
import type { Deadlined } from "../deadline/deadline-wheel.js";
import type { TransportError } from "../errors.js";
import { checkWait } from "../internal/check-options.js";
import type { Received, Recipient } from "../limits/received-total.js";
import type { ConnDriver } from "./conn-driver.js";
import type { ConnSettings, QueueOwner } from "./conn-settings.js";
import { flushAtEndOfTurn } from "./end-of-turn.js";
import { WriteQueue } from "./write-queue.js";

/** What a Conn is made of, says about its two ends, and waits for. */
export abstract class DrivenConn
  implements QueueOwner, Recipient, Pick<Conn, "localAddress" | "remoteAddress" | "canPing" | "queuedBytes">
{
  slot: Deadlined["slot"] = undefined;
  readonly writes: WriteQueue;
  protected readonly driver: ConnDriver;
  /** Shared by all connections of a server or dialer; a copy after `setCloseWait`. */
  protected settings: ConnSettings;
  /** Whether the end of this turn flushes. */
  protected isFlushDue = false;
  #received: Received | undefined;

  constructor(driver: ConnDriver, settings: ConnSettings) {
    this.driver = driver;
    this.settings = settings;
    this.writes = settings.createWriteQueue?.(driver, settings, this) ?? new WriteQueue(driver, settings);
  }

  get localAddress(): Address {
    return this.driver.localAddress;
  }

  get remoteAddress(): Address {
    return this.driver.remoteAddress;
  }

  get canPing(): boolean {
    return this.driver.canPing;
  }

  get maxPayloadBytes(): number {
    return this.settings.maxPayloadBytes;
  }

  get queuedBytes(): number {
    return this.writes.queuedBytes;
  }

  get flushesTaken(): number {
    return this.writes.flushesTaken;
  }

  /** Asks for one flush at the end of this turn, however much is written in it. */
  protected flushAtEndOfTurn(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    flushAtEndOfTurn(this);
  }

  setWriteDeadline(deadlineMs: number): void {
    this.writes.deadlineMs = deadlineMs;
    this.settings.deadlines.schedule(this);
  }

  setWriteWait(waitMs: number): void {
    this.writes.setWait(checkWait("writeWaitMs", waitMs));
  }

  setCloseWait(waitMs: number): void {
    this.settings = { ...this.settings, closeWaitMs: checkWait("closeWaitMs", waitMs) };
  }

  /** Where what has come and waits is counted; a server does. */
  get received(): Received | undefined {
    this.#received ??= this.settings.receivedTotal?.from(this);
    return this.#received;
  }

  halfReceived(bytes: number): void {
    this.received?.addHalf(bytes);
  }

  /** The rest of what was half received will not come. */
  protected endReceived(): void {
    this.#received?.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  abstract close(): Promise<void>;
  abstract flush(): boolean;
  abstract cut(code: number, reason: string, error: TransportError): Error;
  abstract overfill(error: TransportError): void;
  abstract nextDeadlineMs(): number;
  abstract expire(nowMs: number): void;
}
