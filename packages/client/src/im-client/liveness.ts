import { afterReading } from "@im/transport-core/internal";

/** How a dead connection is distinguished from a quiet one. */
export interface LivenessOptions {
  /** How often a ping is sent, in milliseconds; `Infinity` for never. */
  readonly heartbeatMs: number;
  /** How long after a ping the client waits for any frame before the connection is dead, in milliseconds. */
  readonly heartbeatTimeoutMs: number;
  /** The same after the machine or the network has come back, in milliseconds. */
  readonly probeTimeoutMs: number;
}

/** The connection that is watched. */
export interface Watched {
  readonly queuedBytes: number;
  /** Must not throw. */
  ping(): void;
}

const NEVER = Number.POSITIVE_INFINITY;
const TICK_MS = 1_000;
/** A queue above this waits for the peer; one below it may wait for the platform, which takes it whether the peer is there or not. */
const BACKLOG_BYTES = 64 * 1_024;
/** A tick that is this much early or late means that machine or network may have been away. */
const JUMP_MS = 2_000;

/**
 * Finds out whether the server is still there. Each ping must be followed by activity: any frame, or bytes that the system
 * has taken from a backlog.
 *
 * One timer ticks. Browsers let it tick rarely in the background, and sleeping machines not at all: a tick that is
 * early or late by the wall clock is no proof of silence, since received frames may not have been read yet; such a tick
 * only pings again. Two of them in a row do count. Before the connection counts as dead, all received frames are read.
 */
export class Liveness {
  readonly #watched: Watched;
  readonly #died: (wokeUp: boolean) => void;
  readonly #options: LivenessOptions;
  readonly #tickMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastTickMs = Date.now();
  #nextPingMs: number;
  /** When the wait for activity ends. */
  #deadlineMs = NEVER;
  #queuedBytes = 0;
  #wokeUp = false;
  #wasLate = false;
  #stopReading: (() => void) | undefined;

  /** @param died called once, when the server is dead; `wokeUp` if a probe after the machine or network came back found it */
  constructor(watched: Watched, options: LivenessOptions, died: (wokeUp: boolean) => void) {
    this.#watched = watched;
    this.#died = died;
    this.#options = options;
    const { heartbeatMs, heartbeatTimeoutMs, probeTimeoutMs } = options;
    this.#nextPingMs = performance.now() + heartbeatMs;
    this.#tickMs = Math.min(TICK_MS, heartbeatMs / 2, heartbeatTimeoutMs / 2, probeTimeoutMs / 2);
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
    // In Node the connection keeps the process alive, not its heartbeat.
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** A frame was received. */
  onActivity(): void {
    this.#deadlineMs = NEVER;
    this.#wokeUp = false;
    this.#wasLate = false;
  }

  /** Pings at once: the machine or the network has come back. */
  probe(): void {
    this.#wokeUp = true;
    this.#pingNow(this.#options.probeTimeoutMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopReading?.();
  }

  #pingNow(waitMs: number): void {
    const nowMs = performance.now();
    this.#nextPingMs = nowMs + this.#options.heartbeatMs;
    this.#deadlineMs = Math.min(this.#deadlineMs, nowMs + waitMs);
    this.#watched.ping();
  }

  #tick(): void {
    const wallMs = Date.now();
    const lateMs = Math.abs(wallMs - this.#lastTickMs - this.#tickMs);
    this.#lastTickMs = wallMs;
    const nowMs = performance.now();
    const { queuedBytes } = this.#watched;
    if (queuedBytes < this.#queuedBytes && this.#queuedBytes > BACKLOG_BYTES) this.onActivity();
    this.#queuedBytes = queuedBytes;
    const isOver = nowMs >= this.#deadlineMs;
    const isProof = lateMs <= this.#tickMs / 2 || this.#wasLate;
    if (!isProof && (isOver || lateMs > JUMP_MS)) {
      this.#wasLate = true;
      this.#deadlineMs = NEVER;
      if (lateMs > JUMP_MS) this.probe();
      else this.#pingNow(this.#wokeUp ? this.#options.probeTimeoutMs : this.#options.heartbeatTimeoutMs);
    } else if (isOver) {
      this.#stopReading ??= afterReading(() => {
        this.#stopReading = undefined;
        if (nowMs < this.#deadlineMs) return;
        this.stop();
        this.#died(this.#wokeUp);
      });
    } else if (nowMs >= this.#nextPingMs) {
      this.#pingNow(this.#options.heartbeatTimeoutMs);
    }
  }
}
