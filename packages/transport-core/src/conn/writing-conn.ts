import type { Address } from "../contract/address.js";
import { CloseCode } from "../contract/close-code.js";
import type { AbortOptions, Conn } from "../contract/conn.js";
import { OpCode } from "../contract/frame.js";
import type { Deadlined } from "../deadline/deadline-wheel.js";
import type { CloseInfo, TransportError } from "../errors.js";
import { checkWait } from "../internal/check-options.js";
import type { Backlog, BoundedQueue } from "./backlog.js";
import type { ConnDriver } from "./conn-driver.js";
import { checkControlFrame, checkPayload, closedError, queueFull } from "./conn-errors.js";
import type { ConnSettings } from "./conn-settings.js";
import { flushAtEndOfTurn } from "./end-of-turn.js";
import { Waiters } from "./waiters.js";
import { WriteBlock } from "./write-block.js";
import type { WriteObserver } from "./write-observer.js";

const NEVER = Number.POSITIVE_INFINITY;
/** How often a blocked connection is looked at in one write wait; so the wait is over at most a quarter late. */
const LOOKS_PER_WAIT = 4;

/** The writing half of a Conn: what waits in its driver, one flush per turn, the high-water mark and the write wait. */
export abstract class WritingConn
  implements
    BoundedQueue,
    Deadlined,
    Pick<Conn, "localAddress" | "remoteAddress" | "subprotocol" | "canPing" | "writeFrame" | "drained">
{
  slot: Deadlined["slot"] = undefined;
  observer: WriteObserver | undefined;
  backlog: Backlog | undefined;
  unflushed: Uint8Array[] | undefined;
  isLost = false;
  /** While `closing`, what is queued has the write wait to leave; while `dismissed`, it has the close wait. */
  protected state: "open" | "closing" | "dismissed" | "closed" = "open";
  /** How the connection ends, as soon as that is known. */
  protected ending: CloseInfo | undefined;
  readonly driver: ConnDriver;
  /** Shared by all connections of a server or dialer; a copy once a wait is set. */
  settings: ConnSettings;
  /** Whether the end of this turn flushes. */
  #isFlushDue = false;
  /** While the system takes no more bytes. */
  #block: WriteBlock | undefined;
  #waiters: Waiters<void> | undefined;
  #flushesSeen = 0;
  /** An absolute deadline besides the write wait; counts only while bytes wait. */
  #writeDeadlineMs = NEVER;

  constructor(driver: ConnDriver, settings: ConnSettings) {
    this.driver = driver;
    this.settings = settings;
  }

  get localAddress(): Address {
    return this.driver.localAddress;
  }

  get remoteAddress(): Address {
    return this.driver.remoteAddress;
  }

  get subprotocol(): string {
    return this.driver.subprotocol ?? "";
  }

  get canPing(): boolean {
    return this.driver.canPing;
  }

  get queuedBytes(): number {
    const encodedBytes = this.driver.queuedBytes;
    return this.backlog ? encodedBytes + this.backlog.unencodedBytes : encodedBytes;
  }

  #isAboveMark(): boolean {
    return this.queuedBytes > this.settings.highWaterMarkBytes;
  }

  /** Whether the system takes no more bytes at the moment. */
  get isBlocked(): boolean {
    return this.#block !== undefined;
  }

  setWriteWait(waitMs: number): void {
    this.settings = { ...this.settings, writeWaitMs: checkWait("writeWaitMs", waitMs) };
  }

  setWriteDeadline(deadlineMs: number): void {
    this.#writeDeadlineMs = deadlineMs;
    this.settings.deadlines.schedule(this);
  }

  // Writing

  /** @param encoded the frame, if the transport has encoded it already, to be shared with other connections */
  writeFrame(opCode: OpCode, payload: Uint8Array, encoded?: Uint8Array): boolean {
    const { driver, settings } = this;
    const { overflow } = settings;
    if (this.state !== "open") throw closedError(this.ending!);
    checkPayload(payload, settings.maxPayloadBytes);
    if (!(opCode <= OpCode.Binary)) checkControlFrame(opCode, payload.length);
    // However much is written in this turn, its end flushes once.
    if (!this.#isFlushDue) flushAtEndOfTurn(this);
    this.#isFlushDue = true;
    const shared = driver.writeEncoded && encoded;
    const bytes = shared ?? payload;
    if (!overflow || overflow.admits(this, opCode, payload, bytes)) {
      if (shared) driver.writeEncoded!(shared);
      else driver.writeFrame(opCode, payload);
      overflow?.written(this, bytes);
    }
    const isAboveMark = this.#isAboveMark();
    if (isAboveMark) this.#mindLimit();
    if (opCode <= OpCode.Binary) this.observer?.sent(payload.length);
    return !isAboveMark || !this.#isAboveMark();
  }

  /** Closes the connection if too much waits, and nothing is dropped instead. */
  #mindLimit(): void {
    const { maxQueuedBytes, overflow } = this.settings;
    if (this.queuedBytes <= maxQueuedBytes) return;
    // A burst is no backlog: first the system gets what it takes at once.
    this.flush();
    if (this.queuedBytes <= maxQueuedBytes || overflow?.isLossy) return;
    const full = queueFull(maxQueuedBytes, "the connection is closed");
    throw this.cut(CloseCode.PolicyViolation, "write queue is full", full);
  }

  // Flushing

  flushesSeen(): number {
    return this.#flushesSeen;
  }

  /** @returns whether the system took all; if not, the rest follows by itself, and the write wait runs */
  flush(): boolean {
    this.#isFlushDue = false;
    if (this.state !== "open") return true;
    if (this.#block) this.driver.look?.();
    if (this.#block) {
      this.#block.isFlushWanted = true;
      return false;
    }
    const isObserved = this.observer !== undefined && this.driver.queuedBytes > 0;
    const isTaken = this.driver.flush();
    if (isTaken) {
      if (isObserved) this.observer?.written(0, 0);
      this.#taken();
    } else {
      this.#block = new WriteBlock(this.driver);
      this.settings.deadlines.schedule(this);
      this.observer?.blocked(this.queuedBytes);
    }
    this.settings.overflow?.flushed(this, isTaken);
    return isTaken;
  }

  /** The system has taken all that was flushed. */
  protected unblock(): void {
    const block = this.#block;
    this.#block = undefined;
    this.settings.overflow?.drained(this);
    if (block) this.observer?.written(performance.now() - block.sinceMs, this.queuedBytes);
    if (block?.isFlushWanted) this.flush();
    this.#taken();
  }

  #taken(): void {
    this.#flushesSeen++;
    if (this.#waiters && !this.#isAboveMark()) this.#waiters.resolve();
  }

  async drained({ signal }: AbortOptions = {}): Promise<void> {
    if (this.state !== "open") throw closedError(this.ending!);
    if (this.#isAboveMark()) this.flush();
    if (!this.#isAboveMark()) return;
    this.#waiters ??= new Waiters();
    await this.#waiters.wait(signal);
  }

  /** When the wait is over, or when to check whether the system has taken bytes, for which there is no event. */
  protected writeDueMs(): number {
    if (!this.#block) return NEVER;
    const { writeWaitMs } = this.settings;
    const nowMs = performance.now();
    const overMs = this.#block.progressMs(this.driver, nowMs) + writeWaitMs;
    return Math.min(overMs, nowMs + writeWaitMs / LOOKS_PER_WAIT, this.#writeDeadlineMs);
  }

  // The end

  /** Nothing is written after Close. What the system does not take at once, Close included, has the write wait. */
  protected writeClose({ code, reason }: CloseInfo): void {
    const { overflow } = this.settings;
    overflow?.closing(this);
    this.driver.close(code, reason);
    if (this.#block) this.#block.isFlushWanted = false;
    else if (this.driver.queuedBytes > 0) this.#block = new WriteBlock(this.driver);
    overflow?.flushed(this, !this.#block);
  }

  /** What waits will not leave. */
  protected endWrites(): void {
    this.isLost = true;
    this.settings.overflow?.ended(this);
    this.#waiters?.reject(() => closedError(this.ending!));
  }

  abstract cut(code: number, reason: string, error: TransportError): Error;
  abstract nextDeadlineMs(): number;
  abstract expire(nowMs: number): void;
}
