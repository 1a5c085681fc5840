import type { Frame, OpCode } from "../contract/frame.js";
import type { Received } from "../limits/received-total.js";

export interface InboxLimits {
  readonly maxInboxMessages: number;
  readonly maxInboxBytes: number;
}

const SMALL_BYTES = 1024;
/** What waits is counted in steps of this, so that a message which waits for a moment costs nothing. */
const COUNT_STEP_BYTES = 4 * 1024;
/** What a frame takes in memory besides its bytes: two objects and a buffer. */
const FRAME_BYTES = 256;

/** Frames that wait for their reader, first in, first out. Its owner asks whether it is full, and stops reading. */
export class FrameInbox {
  readonly #limits: InboxLimits;
  /** Where what waits is counted. */
  #received: Received | undefined;
  #countedBytes = 0;
  /** What was added since then, less what was taken. */
  #uncountedBytes = 0;
  #frames: (Frame | undefined)[] = [];
  #head = 0;
  #byteLength = 0;

  constructor(limits: InboxLimits, received?: Received) {
    this.#limits = limits;
    this.#received = received;
  }

  get length(): number {
    return this.#frames.length - this.#head;
  }

  get isFull(): boolean {
    return this.length >= this.#limits.maxInboxMessages || this.#byteLength >= this.#limits.maxInboxBytes;
  }

  /** Whether something waits while too much does in all connections of the server. */
  get isCrowded(): boolean {
    return this.length > 0 && this.#received?.isCrowded === true;
  }

  /** Of all payloads together. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** About what they take in memory. */
  get memoryBytes(): number {
    return this.#byteLength + FRAME_BYTES * this.length;
  }

  /** @returns the payload as it is kept: a copy if it lies in something larger */
  add(opCode: OpCode, payload: Uint8Array): Uint8Array {
    const kept = isLargerInside(payload) ? payload.slice() : payload;
    this.#frames.push({ opCode, payload: kept });
    this.#byteLength += kept.length;
    this.#uncountedBytes += kept.length + FRAME_BYTES;
    if (this.#uncountedBytes >= COUNT_STEP_BYTES) this.#count();
    return kept;
  }

  take(): Frame | undefined {
    const frame = this.#frames[this.#head];
    if (!frame) return undefined;
    this.#frames[this.#head++] = undefined;
    this.#byteLength -= frame.payload.length;
    // Moving the rest once the front half is empty costs one move per frame over time.
    if (this.#head * 2 >= this.#frames.length) {
      this.#frames = this.#frames.slice(this.#head);
      this.#head = 0;
    }
    this.#uncountedBytes -= frame.payload.length + FRAME_BYTES;
    if (this.#uncountedBytes <= -COUNT_STEP_BYTES || this.length === 0) this.#count();
    return frame;
  }

  /** What waits counts no more: the connection has ended, or its frames are lost. */
  uncount(): void {
    const bytes = this.#countedBytes;
    this.#countedBytes = 0;
    if (bytes > 0) this.#received?.add(-bytes);
    this.#received = undefined;
  }

  #count(): void {
    const bytes = this.#uncountedBytes;
    this.#uncountedBytes = 0;
    this.#countedBytes += bytes;
    if (bytes !== 0) this.#received?.add(bytes);
  }
}

/** Whether a payload that waits would keep far more memory alive than its own: the chunk that it is a view of. */
function isLargerInside(payload: Uint8Array): boolean {
  return payload.buffer.byteLength > 2 * payload.length + SMALL_BYTES;
}
