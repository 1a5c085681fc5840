import type { PlatformWebSocket } from "./platform-web-socket.js";

/**
 * The platform takes a while to send even one byte, and does not report when it has. While it holds at most this many bytes,
 * for at most this long, they count as taken: so the next frame need not wait.
 */
const TAKEN_BYTES = 64 * 1024;
const TAKEN_WITHIN_MS = 100;
/** In hidden pages timers fire once a second or more rarely: so received messages and writes call `look` as well. */
const FIRST_LOOK_MS = 4;
const LAST_LOOK_MS = 250;

/** Frames to be sent: here until the next flush, then in the platform, whose `bufferedAmount` is polled. */
export class SendBuffer {
  readonly #webSocket: PlatformWebSocket;
  readonly #drained: () => void;
  #frames: (string | Uint8Array)[] = [];
  #bytes = 0;
  /** Since when the platform has held bytes. */
  #busySinceMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasStopped = false;

  /** @param drained called when the platform has sent all that it was given */
  constructor(webSocket: PlatformWebSocket, drained: () => void) {
    this.#webSocket = webSocket;
    this.#drained = drained;
  }

  get queuedBytes(): number {
    // After the end the platform never counts down.
    return this.#hasStopped ? 0 : this.#bytes + this.#webSocket.bufferedAmount;
  }

  add(frame: string | Uint8Array, byteLength: number): void {
    this.look();
    this.#frames.push(frame);
    this.#bytes += byteLength;
  }

  /** @returns whether it counts as taken */
  flush(): boolean {
    const webSocket = this.#webSocket;
    if (webSocket.bufferedAmount === 0) this.#busySinceMs = performance.now();
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    for (const frame of frames) webSocket.send(frame);
    if (webSocket.bufferedAmount === 0) return true;
    if (this.#timer === undefined) this.#lookAgain(FIRST_LOOK_MS);
    return webSocket.bufferedAmount <= TAKEN_BYTES && performance.now() - this.#busySinceMs <= TAKEN_WITHIN_MS;
  }

  /** Calls `drained` if it is due and the platform has sent everything. */
  look(): void {
    if (this.#timer === undefined || this.#webSocket.bufferedAmount > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drained();
  }

  stop(): void {
    this.#hasStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #lookAgain(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#lookAgain(Math.min(2 * afterMs, LAST_LOOK_MS));
      this.look();
    }, afterMs);
  }
}
