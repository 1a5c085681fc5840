import type { OpCode } from "@im/transport-core";
import { COMPRESSED, headerBytes } from "../framing/frame-header.js";
import type { Compression } from "./compression.js";
import { Deflater } from "./deflater.js";
import type { Direction } from "./negotiation.js";
import type { SharedDeflater, SharedMessage } from "./shared-deflater.js";

interface OutgoingFrame {
  opCode: number;
  payload: Uint8Array;
  /** Of a frame that is to be compressed. */
  message: SharedMessage | undefined;
}

/** Where frames go that need not wait any more. */
export interface FrameEncoder {
  encode(opCode: number, payload: Uint8Array): void;
}

/**
 * The frames of a connection from the first that is to be compressed on. They leave in order, and one at a time is being
 * compressed.
 *
 * A message that goes to one connection is compressed with its context, if that is agreed. One that goes to several is
 * compressed without, once for all. The peer's window then has a message that our compressor does not know, so the compressor
 * starts again: it refers to nothing before it, as a compressor may at any time (RFC 7692 §7.2.1).
 */
export class OutgoingFrames {
  readonly #compression: Compression;
  readonly #direction: Direction;
  readonly #encoder: FrameEncoder;
  readonly #shared: SharedDeflater;
  /** Called when frames have been encoded in a later turn than that of `flush`. */
  readonly #progressed: () => void;
  #frames: OutgoingFrame[] = [];
  /** How many of them may leave: those before the last flush. */
  #due = 0;
  #isDeflating = false;
  /** With context; made for the first message that needs it. */
  #own: Deflater | undefined;
  #isStale = false;
  #isEnded = false;
  /** With their headers, before compression. */
  byteLength = 0;

  constructor(compression: Compression, direction: Direction, encoder: FrameEncoder, progressed: () => void) {
    this.#compression = compression;
    this.#direction = direction;
    this.#encoder = encoder;
    this.#shared = compression.deflaterFor(direction);
    this.#progressed = progressed;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /** Whether all that was flushed is encoded. */
  get isFlushed(): boolean {
    return this.#due === 0;
  }

  add(opCode: OpCode, payload: Uint8Array, isCompressed: boolean): void {
    const message = isCompressed ? this.#shared.share(payload) : undefined;
    this.#frames.push({ opCode, payload, message });
    this.byteLength += headerBytes(payload.length) + payload.length;
  }

  /** Encodes what there is, now as far as nothing has to be compressed. */
  flush(): void {
    this.#due = this.#frames.length;
    this.#advance();
  }

  /** What waits is lost. */
  drop(): void {
    for (const { message } of this.#frames) if (message) this.#shared.leave(message);
    this.#frames = [];
    this.#due = 0;
    this.byteLength = 0;
  }

  /** The connection has ended. */
  end(): void {
    this.drop();
    this.#isEnded = true;
    this.#own?.close();
  }

  #advance(): void {
    while (this.#due > 0 && !this.#isDeflating) {
      const frame = this.#frames[0]!;
      const { message } = frame;
      if (!message) this.#encode(frame.opCode, frame.payload);
      else if (message.state === "done") this.#encodeShared(frame, message);
      else this.#deflate(frame, message);
    }
  }

  #encode(opCode: number, payload: Uint8Array): void {
    const sent = this.#frames.shift()!;
    this.#due--;
    this.byteLength -= headerBytes(sent.payload.length) + sent.payload.length;
    this.#encoder.encode(opCode, payload);
  }

  #encodeShared(frame: OutgoingFrame, { deflated }: SharedMessage): void {
    this.#isStale = true;
    if (deflated) this.#encode(COMPRESSED | frame.opCode, deflated);
    else this.#encode(frame.opCode, frame.payload);
  }

  #deflate(frame: OutgoingFrame, message: SharedMessage): void {
    this.#isDeflating = true;
    if (!this.#direction.keepsContext || message.users > 1) {
      this.#shared.deflate(message, () => this.#deflated(frame));
      return;
    }
    this.#shared.leave(message);
    frame.message = undefined;
    this.#compression.turns.take(() => {
      this.#deflateWithContext(frame);
    });
  }

  #deflateWithContext(frame: OutgoingFrame): void {
    const { settings, turns } = this.#compression;
    if (this.#isEnded) {
      turns.giveBack();
      return;
    }
    this.#own ??= new Deflater(settings, this.#direction.windowBits);
    if (this.#isStale) this.#own.reset();
    this.#isStale = false;
    const own = this.#own;
    own.deflate(frame.payload, (deflated) => {
      turns.giveBack();
      if (own.isBroken) this.#own = undefined;
      this.#deflated(frame, deflated);
    });
  }

  /** @param deflated with context; undefined of a shared message, which knows itself */
  #deflated(frame: OutgoingFrame, deflated?: Uint8Array): void {
    this.#isDeflating = false;
    // The frames may have been dropped meanwhile.
    if (this.#frames[0] !== frame) return;
    if (frame.message) this.#encodeShared(frame, frame.message);
    else if (deflated) this.#encode(COMPRESSED | frame.opCode, deflated);
    else this.#encode(frame.opCode, frame.payload);
    this.#advance();
    this.#progressed();
  }
}
