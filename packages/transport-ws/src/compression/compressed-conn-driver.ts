import { type Address, type CloseInfo, OpCode } from "@im/transport-core";
import type { ConnDriver, FrameSink } from "@im/transport-core/authoring";
import type { FrameDecoderSink } from "../framing/frame-decoder.js";
import { checkSendable, type WsConnDriver } from "../ws-conn-driver.js";
import type { Compression } from "./compression.js";
import { IncomingMessages, type MessageSink } from "./incoming-messages.js";
import type { Direction } from "./negotiation.js";
import { OutgoingFrames } from "./outgoing-frames.js";

/**
 * A connection that has agreed to permessage-deflate (RFC 7692): a driver around that of the frames. It compresses what it
 * writes and decompresses what it reads, in order: a message that zlib is at work on holds back what follows it.
 *
 * To the Conn, what waits for zlib is what the system has not taken: it counts as queued, and `drain` follows when it has left.
 */
export class CompressedConnDriver implements ConnDriver, FrameSink, FrameDecoderSink, MessageSink {
  readonly #frames: WsConnDriver;
  readonly #threshold: number;
  readonly #outgoing: OutgoingFrames;
  readonly #incoming: IncomingMessages;
  #sink!: FrameSink;
  /** Whether frames were encoded that are not flushed yet. */
  #isFlushWanted = false;
  /** Whether the system has not taken all that was flushed. */
  #isBlocked = false;
  /** Whether the Conn waits for `drain`. */
  #isDrainDue = false;
  /** A Close that follows what waits. */
  #close: { readonly code: number; readonly reason: string } | undefined;
  #isPaused = false;
  /** Whether messages are not decompressed any more: nobody takes them. */
  #discards = false;
  /** The end of the socket, while messages from before it are not read yet. */
  #end: CloseInfo | undefined;

  constructor(
    frames: WsConnDriver,
    compression: Compression,
    { outgoing, incoming }: { readonly outgoing: Direction; readonly incoming: Direction },
  ) {
    this.#frames = frames;
    this.#threshold = Math.max(1, compression.settings.threshold);
    this.#outgoing = new OutgoingFrames(compression, outgoing, this, () => this.#settle());
    this.#incoming = new IncomingMessages(compression, incoming, this);
  }

  get localAddress(): Address {
    return this.#frames.localAddress;
  }

  get remoteAddress(): Address {
    return this.#frames.remoteAddress;
  }

  get subprotocol(): string {
    return this.#frames.subprotocol;
  }

  get canPing(): boolean {
    return this.#frames.canPing;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    this.#frames.start(this);
  }

  // Writing

  get queuedBytes(): number {
    return this.#frames.queuedBytes + this.#outgoing.byteLength;
  }

  get untakenBytes(): number {
    return this.#frames.untakenBytes + this.#outgoing.byteLength;
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    checkSendable(opCode, payload);
    const isCompressed = opCode <= OpCode.Binary && payload.length >= this.#threshold;
    if (isCompressed || !this.#outgoing.isEmpty) this.#outgoing.add(opCode, payload, isCompressed);
    else this.#frames.encode(opCode, payload);
  }

  encode(opCode: number, payload: Uint8Array): void {
    this.#isFlushWanted = true;
    this.#frames.encode(opCode, payload);
  }

  flush(): boolean {
    this.#isFlushWanted = true;
    this.#outgoing.flush();
    return this.#handOver();
  }

  /** @returns whether the system has taken all that the Conn has flushed */
  #handOver(): boolean {
    if (!this.#isBlocked && this.#isFlushWanted) {
      this.#isFlushWanted = false;
      this.#isBlocked = !this.#frames.flush();
    }
    this.#isDrainDue = this.#isBlocked || !this.#outgoing.isFlushed;
    return !this.#isDrainDue;
  }

  /** Frames have been compressed, or the system has taken bytes. */
  #settle(): void {
    if (this.#outgoing.isFlushed) this.#sayClose();
    if (this.#isDrainDue && this.#handOver()) this.#sink.drain();
  }

  #sayClose(): void {
    if (!this.#close) return;
    const { code, reason } = this.#close;
    this.#close = undefined;
    this.#frames.close(code, reason);
    this.#isBlocked = this.#frames.queuedBytes > 0;
  }

  drain(): void {
    this.#isBlocked = false;
    this.#settle();
  }

  close(code: number, reason: string): void {
    this.#discards = true;
    this.#close = { code, reason };
    this.#outgoing.flush();
    if (this.#outgoing.isFlushed) this.#sayClose();
    this.#isDrainDue = this.queuedBytes > 0;
  }

  destroy(): void {
    this.#outgoing.drop();
    // What waits for zlib is lost, but the Close can still say why.
    this.#sayClose();
    this.#stopReading();
    this.#frames.destroy();
    // The socket may be closed already.
    if (this.#end) process.nextTick(() => this.#endIfRead());
  }

  // Reading

  get maxPayloadBytes(): number {
    return this.#sink.maxPayloadBytes;
  }

  frame(opCode: number, payload: Uint8Array): void {
    this.#sink.frame(opCode, payload);
  }

  halfReceived(bytes: number): void {
    this.#sink.halfReceived?.(bytes);
  }

  compressed(opCode: number, fragment: Uint8Array, isFinal: boolean): void {
    if (this.#discards) return;
    this.#frames.suspend();
    this.#incoming.take(opCode, fragment, isFinal);
  }

  inflated(opCode: number, payload: Uint8Array | undefined): void {
    if (payload) this.#sink.frame(opCode, payload);
    this.#goOn();
  }

  violation(code: number, reason: string): void {
    this.#sink.violation(code, reason);
  }

  pause(): void {
    this.#isPaused = true;
    this.#frames.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#goOn();
  }

  ignoreInput(): void {
    this.#stopReading();
    this.#frames.ignoreInput();
    this.#frames.proceed();
    this.#frames.resume();
  }

  #stopReading(): void {
    this.#discards = true;
    this.#incoming.giveUp();
  }

  /** The Conn may pause or resume in each frame that it gets meanwhile. */
  #goOn(): void {
    if (this.#isPaused || this.#incoming.isBusy) return;
    this.#frames.proceed();
    if (!this.#isPaused && !this.#frames.isSuspended) this.#frames.resume();
    this.#endIfRead();
  }

  end(info: CloseInfo): void {
    this.#outgoing.end();
    this.#end = info;
    this.#endIfRead();
  }

  #endIfRead(): void {
    if (!this.#end || (this.#frames.isSuspended && !this.#discards)) return;
    const info = this.#end;
    this.#end = undefined;
    this.#incoming.giveUp();
    this.#sink.end(info);
  }
}
