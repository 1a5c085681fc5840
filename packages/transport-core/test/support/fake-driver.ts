import { type CloseInfo, type Frame, OpCode } from "@im/transport-core";
import type { ConnDriver, FrameSink } from "@im/transport-core/authoring";

export interface FakeDriverOptions {
  /** When `end` follows after `destroy`: in a later microtask, within the call, or only when the test says so. */
  readonly endsAfterDestroy?: "soon" | "at once" | "never";
  /** Whether the peer answers a Close by closing, in a later microtask. */
  readonly peerCloses?: boolean;
  readonly encodes?: boolean;
  /** What `start` does besides. */
  readonly onStart?: (sink: FrameSink) => void;
}

/** A ConnDriver in memory: records what is asked of it, and lets the test play system and peer. */
export class FakeDriver implements ConnDriver {
  readonly localAddress = { host: "127.0.0.1", port: 1 };
  readonly remoteAddress = { host: "127.0.0.2", port: 2 };
  readonly canPing = true;
  /** What left, one array of frames for each write. */
  readonly writes: Frame[][] = [];
  /** How often `flush` was called, also with nothing to flush. */
  flushes = 0;
  /** `pause`, `resume`, `close 1000 bye`, `destroy`, in order. */
  readonly calls: string[] = [];
  /** How often frames were encoded here; frames that came encoded do not count. */
  encoded = 0;
  /** While true, `flush` says that the system has not taken all. */
  isBlocked = false;
  sink!: FrameSink;
  writeEncoded?: (frame: Uint8Array) => void;
  readonly #options: FakeDriverOptions;
  #batch: Frame[] = [];
  #untaken = 0;

  constructor(options: FakeDriverOptions = {}) {
    this.#options = options;
    if (options.encodes) this.writeEncoded = (frame) => this.#batch.push(decoded(frame));
  }

  get queuedBytes(): number {
    return this.#untaken + bytesOf(this.#batch);
  }

  get untakenBytes(): number {
    return this.#untaken;
  }

  /** Everything that left, as text, in order. */
  get sent(): string[] {
    return this.writes.flat().map(({ payload }) => text(payload));
  }

  start(sink: FrameSink): void {
    this.sink = sink;
    this.#options.onStart?.(sink);
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    this.encoded++;
    this.#batch.push({ opCode, payload });
  }

  flush(): boolean {
    this.flushes++;
    if (this.#batch.length > 0) this.writes.push(this.#batch);
    if (this.isBlocked) this.#untaken += bytesOf(this.#batch);
    this.#batch = [];
    return !this.isBlocked;
  }

  close(code: number, reason: string): void {
    this.flush();
    this.calls.push(`close ${code} ${reason}`.trimEnd());
    if (this.#options.peerCloses) queueMicrotask(() => this.end({ code, reason, clean: true }));
  }

  destroy(): void {
    this.calls.push("destroy");
    const { endsAfterDestroy = "soon" } = this.#options;
    if (endsAfterDestroy === "at once") this.end();
    else if (endsAfterDestroy === "soon") queueMicrotask(() => this.end());
  }

  // What the test plays

  /** The system has taken all that was flushed. */
  drain({ blocksAgain = false } = {}): void {
    this.isBlocked = blocksAgain;
    this.#untaken = 0;
    this.sink.drain();
  }

  /** The system has taken so much of what was flushed. */
  take(bytes: number): void {
    this.#untaken -= bytes;
  }

  receive(payload: string | Uint8Array, opCode: number = OpCode.Binary): void {
    this.sink.frame(opCode, typeof payload === "string" ? bytes(payload) : payload);
  }

  /** The socket is closed. */
  end(info: CloseInfo = { code: 1006, reason: "", clean: false }): void {
    this.sink.end(info);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function bytes(content: string): Uint8Array {
  return encoder.encode(content);
}

export function text(payload: Uint8Array): string {
  return decoder.decode(payload);
}

function bytesOf(frames: readonly Frame[]): number {
  return frames.reduce((sum, { payload }) => sum + payload.length, 0);
}

/** The encoding of the fake transport: the opcode, then the payload. */
export function encoded(opCode: OpCode, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(opCode, ...payload);
}

function decoded(frame: Uint8Array): Frame {
  return { opCode: frame[0] as OpCode, payload: frame.subarray(1) };
}
