import type { Address } from "../contract/address.js";
import type { AbortOptions, Conn, FrameReceiver } from "../contract/conn.js";
import type { Frame, OpCode } from "../contract/frame.js";
import type { CloseInfo } from "../errors.js";

/** A Conn as users hold it: the members of the contract and no others, also at run time. */
export class ConnHandle implements Conn {
  readonly #conn: Conn;

  constructor(conn: Conn) {
    this.#conn = conn;
  }

  get localAddress(): Address {
    return this.#conn.localAddress;
  }

  get remoteAddress(): Address {
    return this.#conn.remoteAddress;
  }

  get subprotocol(): string {
    return this.#conn.subprotocol;
  }

  get canPing(): boolean {
    return this.#conn.canPing;
  }

  get queuedBytes(): number {
    return this.#conn.queuedBytes;
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
