import { checkCloseCode, cutReason, decodeClosePayload } from "../close-payload.js";
import { CloseCode } from "../contract/close-code.js";
import type { AbortOptions, Conn, FrameReceiver } from "../contract/conn.js";
import { type Frame, isControl, isOpCode, MAX_CONTROL_PAYLOAD_BYTES, OpCode } from "../contract/frame.js";
import type { CloseInfo, TransportError } from "../errors.js";
import { checkWait } from "../internal/check-options.js";
import type { Received, Recipient } from "../limits/received-total.js";
import type { ConnDriver, FrameSink } from "./conn-driver.js";
import { closedError, readConflict, readTimeout, violationError, writeTimeout } from "./conn-errors.js";
import type { ConnSettings } from "./conn-settings.js";
import { FrameReader } from "./frame-reader.js";
import { type SharedReceiver, toReceiver } from "./shared-receiver.js";
import { WritingConn } from "./writing-conn.js";

const NEVER = Number.POSITIVE_INFINITY;
type Ending = "closing" | "dismissed";

/** The Conn of every transport: a driver, and around it queueing, limits, deadlines and closing in order. */
export class FramedConn extends WritingConn implements Conn, FrameSink, Recipient {
  /** When the next frame is due or, once this side has sent Close, the end. */
  #dueMs = NEVER;
  #receiver: SharedReceiver<unknown> | undefined;
  #target: unknown;
  /** Until a receiver has taken over all frames. */
  #reader: FrameReader | undefined;
  #paused = false;
  /** Made on first use. */
  #closed: Promise<CloseInfo> | undefined;
  #tellClosed: ((info: CloseInfo) => void) | undefined;
  #received: Received | undefined;

  constructor(driver: ConnDriver, settings: ConnSettings) {
    super(driver, settings);
    driver.start(this);
  }

  get closed(): Promise<CloseInfo> {
    this.#closed ??= new Promise((resolve) => {
      if (this.state === "closed") resolve(this.ending!);
      else this.#tellClosed = resolve;
    });
    return this.#closed;
  }

  // Reading

  get maxPayloadBytes(): number {
    return this.settings.maxPayloadBytes;
  }

  /** Counts what was received and waits; only on servers. */
  get received(): Received | undefined {
    this.#received ??= this.settings.receivedTotal?.from(this);
    return this.#received;
  }

  halfReceived(bytes: number): void {
    this.received?.addHalf(bytes);
  }

  overfill(error: TransportError): void {
    const [code, reason] = [CloseCode.TryAgainLater, "too much waits in the server"] as const;
    if (this.state === "open") this.violation(code, reason, error);
    else this.#receiver?.closing(this.#target, { code, reason, clean: false, error });
    this.driver.ignoreInput?.();
    this.#reader?.uncount();
  }

  async readFrame({ signal }: AbortOptions = {}): Promise<Frame> {
    if (this.#receiver || this.#reader?.isWaiting) throw readConflict();
    signal?.throwIfAborted();
    this.#reader ??= new FrameReader(this.settings, this.received);
    const wasFull = this.#reader.isFull;
    const frame = this.#reader.take();
    if (frame) {
      // A pause by `pauseReading` stays.
      if (wasFull && this.#paused && !this.#reader.isFull) this.resumeReading();
      return frame;
    }
    if (this.state !== "open") throw closedError(this.ending!);
    const next = this.#reader.wait(signal);
    this.settings.deadlines.schedule(this);
    return next;
  }

  readFrames(receiver: FrameReceiver): void {
    this.readFramesFor(receiver, toReceiver);
  }

  /** Like `readFrames`, for a receiver of many connections. */
  readFramesFor<Target>(target: Target, receiver: SharedReceiver<Target>): void {
    if (this.#receiver || this.#reader?.isWaiting) throw readConflict();
    this.#receiver = receiver as SharedReceiver<unknown>;
    this.#target = target;
    const wasPaused = this.#paused;
    this.#paused = false;
    this.settings.deadlines.schedule(this);
    // While frames are left, what the driver reports meanwhile lines up behind them.
    for (let frame = this.#reader?.take(); frame; frame = this.#reader?.take()) {
      receiver.frame(target, frame.opCode, frame.payload);
    }
    this.#reader = undefined;
    if (this.state === "closed") receiver.end(target, this.ending!);
    else if (this.state !== "open") receiver.closing(target, this.ending!);
    else if (wasPaused && !this.#paused) this.resumeReading();
  }

  pauseReading(): void {
    this.#paused = true;
    if (this.state === "open") this.driver.pause();
  }

  resumeReading(): void {
    this.#paused = false;
    if (this.state === "open") this.driver.resume();
  }

  setReadDeadline(deadlineMs: number): void {
    if (this.state !== "open") return;
    const earlier = deadlineMs < this.#dueMs;
    this.#dueMs = deadlineMs;
    // The wheel looks again by itself when a deadline moves back, which is what each frame does.
    if (earlier) this.settings.deadlines.schedule(this);
  }

  // Closing

  setCloseWait(waitMs: number): void {
    this.settings = { ...this.settings, closeWaitMs: checkWait("closeWaitMs", waitMs) };
  }

  /** @param state `dismissed` for a peer that does not get the write wait: what is queued has the close wait as well */
  async close(code: number = CloseCode.Normal, reason = "", state: Ending = "closing"): Promise<void> {
    checkCloseCode(code);
    this.#sayClose({ code, reason: cutReason(reason), clean: false }, state);
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  destroy(): void {
    if (this.state === "closed") return;
    this.ending ??= { code: CloseCode.Abnormal, reason: "destroyed", clean: false };
    this.state = "closing";
    this.driver.destroy();
  }

  #sayClose(ending: CloseInfo, state: Ending): void {
    if (this.state !== "open") return;
    this.state = state;
    this.ending = ending;
    this.#waitForClose();
    this.writeClose(ending);
    // The peer's Close must be read even while reading is paused.
    if (this.#paused) this.driver.resume();
  }

  /** What the peer sends meanwhile is discarded, but read: a socket closed with bytes unread is reset, and our Close lost. */
  #waitForClose(): void {
    this.#dueMs = performance.now() + this.settings.closeWaitMs;
    this.settings.deadlines.schedule(this);
  }

  /** Says Close as far as the system takes it at once, and closes the socket without waiting for the peer. */
  cut(code: number, reason: string, error: TransportError): Error {
    this.ending ??= { code, reason, clean: false, error };
    this.endWrites();
    this.#sayClose(this.ending, "dismissed");
    this.driver.destroy();
    return error;
  }

  // What the driver reports

  frame(opCode: number, payload: Uint8Array): void {
    if (opCode === OpCode.Close) {
      this.#peerCloses(payload);
      return;
    }
    // After a Close, ours or the peer's, frames are ignored (RFC 6455 §5.5.1).
    if (this.state !== "open") return;
    if (!isOpCode(opCode)) {
      this.violation(CloseCode.ProtocolError, `unknown opcode ${opCode}`);
    } else if (isControl(opCode) && payload.length > MAX_CONTROL_PAYLOAD_BYTES) {
      this.violation(CloseCode.ProtocolError, "control frame over 125 bytes");
    } else if (this.#receiver && !this.#reader) {
      this.#receiver.frame(this.#target, opCode, payload);
    } else {
      this.#reader ??= new FrameReader(this.settings, this.received);
      this.#reader.add(opCode, payload);
      if (!this.#receiver && !this.#paused && this.#reader.isFull) this.pauseReading();
    }
  }

  #peerCloses(payload: Uint8Array): void {
    const said = decodeClosePayload(payload);
    if (!said) this.violation(CloseCode.ProtocolError, "invalid Close frame");
    else if (this.state === "open") this.#peerEnds({ ...said, clean: true }, "closing");
    else if (this.ending) this.ending = { ...this.ending, clean: true };
  }

  violation(code: number, reason: string, error = violationError(code, reason)): void {
    this.#peerEnds({ code, reason, clean: false, error }, "dismissed");
    this.driver.ignoreInput?.();
  }

  #peerEnds(ending: CloseInfo, state: Ending): void {
    const wasOpen = this.state === "open";
    this.#sayClose(ending, state);
    if (wasOpen && this.state === state && !this.#reader) this.#receiver?.closing(this.#target, ending);
  }

  drain(): void {
    if (this.state === "open") this.unblock();
    else if (this.state === "closing" && this.queuedBytes === 0) {
      // Now the Close has left as well.
      this.unblock();
      this.#waitForClose();
    }
  }

  end(info: CloseInfo): void {
    if (this.state === "closed") return;
    this.state = "closed";
    const said = this.ending;
    // A peer that broke the protocol or was cut did not end in order, whatever its socket did afterwards.
    const ending = said ? { ...said, clean: !said.error && (said.clean || info.clean) } : info;
    this.ending = ending;
    this.#dueMs = NEVER;
    this.settings.deadlines.remove(this);
    this.#tellClosed?.(ending);
    this.#reader?.fail(() => closedError(ending));
    this.#reader?.uncount();
    this.#received?.end();
    this.endWrites();
    if (!this.#reader) this.#receiver?.end(this.#target, ending);
    this.settings.ended?.(this, ending);
  }

  // Deadlines

  nextDeadlineMs(): number {
    if (this.state === "closing" && this.isBlocked) return this.writeDueMs();
    if (this.state !== "open") return this.#dueMs;
    const readDueMs = this.#receiver || this.#reader?.isWaiting ? this.#dueMs : NEVER;
    return Math.min(readDueMs, this.writeDueMs());
  }

  expire(nowMs: number): void {
    if (this.state !== "open") {
      this.state = "dismissed";
      this.#dueMs = NEVER;
      this.driver.destroy();
    } else if (nowMs >= this.writeDueMs()) {
      this.cut(CloseCode.Timeout, "write wait is over", writeTimeout());
    } else if (this.#receiver) {
      this.cut(CloseCode.Timeout, "no frame within the read wait", readTimeout());
    } else {
      this.#reader?.fail(readTimeout);
    }
  }
}
