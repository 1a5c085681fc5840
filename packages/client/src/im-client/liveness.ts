import { afterReading } from "@im/transport-core/internal";

/** How a dead connection is told from a quiet one. */
export interface LivenessOptions {
  /** How often a ping is sent, in milliseconds; `Infinity` for never. */
  readonly heartbeatMs: number;
  /** How long after a ping anything at all must have come, in milliseconds. */
  readonly heartbeatWaitMs: number;
  /** The same, when there is reason to doubt the connection: the machine or the network has come back. */
  readonly probeWaitMs: number;
}

/** The connection that is watched. */
export interface Watched {
  readonly queuedBytes: number;
  /** Must not throw. */
  ping(): void;
}

const NEVER = Number.POSITIVE_INFINITY;
const TICK_MS = 1_000;
/** More than this waits for the peer only; less may wait for the platform, which takes it whether the peer is there or not. */
const BACKLOG_BYTES = 64 * 1_024;
/** By how much a tick may come at another time than it should before machine or network may have been away. */
const JUMP_MS = 2_000;

/**
 * Finds out whether the other side is still there. Each ping must be followed by a sign of life: any frame, or bytes that
 * the system has taken from a backlog.
 *
 * One timer ticks. Browsers let it tick rarely in the background, and sleeping machines not at all: a tick that comes at
 * another time than it should (by the wall clock) is no proof of silence, since what came may not have been read yet, so
 * such a tick only asks anew. Two of them in a row do count; but before any verdict what has come by then is read.
 */
export class Liveness {
  readonly #watched: Watched;
  readonly #died: (wokeUp: boolean) => void;
  readonly #options: LivenessOptions;
  readonly #tickMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastTickMs = Date.now();
  #nextPingMs: number;
  /** By when a sign of life must have come. */
  #deadlineMs = NEVER;
  #queuedBytes = 0;
  #wokeUp = false;
  #wasLate = false;
  #stopReading: (() => void) | undefined;

  /** @param died called once; with whether it was found because the machine or the network had come back */
  constructor(watched: Watched, options: LivenessOptions, died: (wokeUp: boolean) => void) {
    this.#watched = watched;
    this.#died = died;
    this.#options = options;
    const { heartbeatMs, heartbeatWaitMs, probeWaitMs } = options;
    this.#nextPingMs = performance.now() + heartbeatMs;
    this.#tickMs = Math.min(TICK_MS, heartbeatMs / 2, heartbeatWaitMs / 2, probeWaitMs / 2);
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
    // In Node the connection keeps the process alive, not its heartbeat.
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** A frame has come. */
  heard(): void {
    this.#deadlineMs = NEVER;
    this.#wokeUp = false;
    this.#wasLate = false;
  }

  /** Asks at once: the machine or the network has come back. */
  probe(): void {
    this.#wokeUp = true;
    this.#ask(this.#options.probeWaitMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopReading?.();
  }

  #ask(waitMs: number): void {
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
    if (queuedBytes < this.#queuedBytes && this.#queuedBytes > BACKLOG_BYTES) this.heard();
    this.#queuedBytes = queuedBytes;
    const isOver = nowMs >= this.#deadlineMs;
    const isProof = lateMs <= this.#tickMs / 2 || this.#wasLate;
    if (!isProof && (isOver || lateMs > JUMP_MS)) {
      this.#wasLate = true;
      this.#deadlineMs = NEVER;
      if (lateMs > JUMP_MS) this.probe();
      else this.#ask(this.#wokeUp ? this.#options.probeWaitMs : this.#options.heartbeatWaitMs);
    } else if (isOver) {
      this.#stopReading ??= afterReading(() => {
        this.#stopReading = undefined;
        if (nowMs < this.#deadlineMs) return;
        this.stop();
        this.#died(this.#wokeUp);
      });
    } else if (nowMs >= this.#nextPingMs) {
      this.#ask(this.#options.heartbeatWaitMs);
    }
  }
}
