import { checkDataOpCode, readConflict } from "../conn/conn-errors.js";
import { FramedConn } from "../conn/framed-conn.js";
import type { Address } from "../contract/address.js";
import type { Channel } from "../contract/channel.js";
import type { CloseInfo } from "../contract/close-info.js";
import type { AbortOptions, Conn, FrameReceiver } from "../contract/conn.js";
import { type Frame, OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import { checkWait } from "../internal/check-options.js";
import type { Received } from "../limits/received-total.js";
import { ReadLoop, type ReadLoopOwner, type ReadLoopSettings } from "./read-loop.js";

/** What the channels of one server have in common. */
export interface ChannelSettings extends ReadLoopSettings {
  readonly readWaitMs: number;
}

type Meta = Readonly<Record<string, unknown>>;
const NO_META: Meta = /* @__PURE__ */ Object.freeze({});

/** The Channel over any Conn: an identity, meta, and a read loop. */
export class BatchingChannel implements Channel {
  readonly id: string;
  readonly meta: Meta;
  readonly #conn: Conn;
  /** Those of its server, shared by all its channels. */
  readonly settings: ChannelSettings;
  #readWaitMs: number;
  #readLoop: ReadLoop<BatchingChannel> | undefined;

  constructor(id: string, conn: Conn, settings: ChannelSettings, meta: Meta = NO_META) {
    this.id = id;
    this.meta = meta;
    this.#conn = conn;
    this.settings = settings;
    this.#readWaitMs = settings.readWaitMs;
  }

  // Agent

  push(payload: Uint8Array, opCode: OpCode = OpCode.Binary): boolean {
    if (opCode !== OpCode.Binary) checkDataOpCode(opCode);
    return this.writeFrame(opCode, payload);
  }

  /** A push of a frame that is encoded already and shared with other channels of the same server. */
  pushEncoded(frame: Uint8Array, payload: Uint8Array, opCode: OpCode): boolean {
    const conn = this.#conn;
    if (!(conn instanceof FramedConn)) return this.push(payload, opCode);
    return conn.writeEncoded(frame, opCode, payload);
  }

  // Channel

  readLoop(listener: MessageListener): Promise<CloseInfo> {
    return new Promise((resolve) => this.read(listener, { readEnded: (_, info) => resolve(info) }));
  }

  /**
   * Like `readLoop`, for who has many channels and wants no promise for each.
   *
   * @throws `IM_ERR_READ_CONFLICT`
   */
  read(listener: MessageListener, owner: ReadLoopOwner<BatchingChannel>): void {
    if (this.#readLoop) throw readConflict();
    this.#readLoop = new ReadLoop(this, listener, this.#readWaitMs, this.settings, owner);
    try {
      this.#conn.readFrames(this.#readLoop);
    } catch (conflict) {
      this.#readLoop = undefined;
      throw conflict;
    }
  }

  setReadWait(waitMs: number): void {
    this.#readWaitMs = checkWait("readWaitMs", waitMs);
    if (this.#readLoop) this.#readLoop.readWaitMs = waitMs;
  }

  /** Takes nothing more from the peer; resolves when the listener is done with what had come. */
  async quiesce(): Promise<void> {
    await this.#readLoop?.quiesce();
  }

  /** Whether its socket is closed; its listener may still be at work. */
  get hasEnded(): boolean {
    return this.#readLoop?.hasEnded ?? false;
  }

  /** Closes the socket now, and does not wait for the listener either. */
  cut(): void {
    this.#readLoop?.abandon();
    this.destroy();
  }

  // Conn

  get localAddress(): Address {
    return this.#conn.localAddress;
  }

  get remoteAddress(): Address {
    return this.#conn.remoteAddress;
  }

  get canPing(): boolean {
    return this.#conn.canPing;
  }

  get queuedBytes(): number {
    return this.#conn.queuedBytes;
  }

  /** How often the system has taken all that was flushed; other Conns than ours do not tell. */
  get flushesTaken(): number {
    return this.#conn instanceof FramedConn ? this.#conn.writes.flushesTaken : Number.NaN;
  }

  /** Where what has come and waits is counted. */
  get received(): Received | undefined {
    return this.#conn instanceof FramedConn ? this.#conn.received : undefined;
  }

  get closed(): Promise<CloseInfo> {
    return this.#conn.closed;
  }

  readFrame(options?: AbortOptions): Promise<Frame> {
    return this.#conn.readFrame(options);
  }

  readFrames(receiver: FrameReceiver): void {
    this.#conn.readFrames(receiver);
  }

  pauseReading(): void {
    this.#conn.pauseReading();
  }

  resumeReading(): void {
    this.#conn.resumeReading();
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): boolean {
    return this.#conn.writeFrame(opCode, payload);
  }

  flush(): boolean {
    return this.#conn.flush();
  }

  drained(options?: AbortOptions): Promise<void> {
    return this.#conn.drained(options);
  }

  setReadDeadline(deadlineMs: number): void {
    this.#conn.setReadDeadline(deadlineMs);
  }

  setWriteDeadline(deadlineMs: number): void {
    this.#conn.setWriteDeadline(deadlineMs);
  }

  setWriteWait(waitMs: number): void {
    this.#conn.setWriteWait(waitMs);
  }

  setCloseWait(waitMs: number): void {
    this.#conn.setCloseWait(waitMs);
  }

  close(code?: number, reason?: string): Promise<void> {
    return this.#conn.close(code, reason);
  }

  destroy(): void {
    this.#conn.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
