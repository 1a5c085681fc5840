import type { PlatformWebSocket } from "./platform-web-socket.js";

/**
 * The platform takes a while to pass on even one byte, and does not tell when it has. As long as no more than this waits
 * there, and not for longer, it counts as taken, so that the next frame need not wait for the news.
 */
const TAKEN_BYTES = 64 * 1024;
const TAKEN_WITHIN_MS = 100;
/** Hidden pages run timers once a second or more rarely: whatever else shows that the page is alive looks as well. */
const FIRST_LOOK_MS = 4;
const LAST_LOOK_MS = 250;

/** What waits to be sent: here until the next flush, then with the platform, whose `bufferedAmount` is looked at. */
export class SendBuffer {
  readonly #webSocket: PlatformWebSocket;
  readonly #drained: () => void;
  #frames: (string | Uint8Array)[] = [];
  #bytes = 0;
  /** Since when the platform has not been empty. */
  #busySinceMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasStopped = false;

  /** @param drained called when the platform has passed on all that it was given */
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

  /** Tells, if that is still to be told, that the platform has passed on all. */
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
