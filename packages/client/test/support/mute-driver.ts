import { OpCode } from "@im/transport-core";
import type { ConnDriver, FrameSink } from "@im/transport-core/authoring";

/** A connection without a peer: written bytes are discarded, a Close is answered at once. */
export class MuteDriver implements ConnDriver {
  readonly localAddress = { host: "127.0.0.1", port: 1 };
  readonly remoteAddress = { host: "127.0.0.1", port: 2 };
  readonly canPing: boolean;
  readonly queuedBytes = 0;
  /** `close`, `destroy`, `pause`, `resume`, in order. */
  readonly calls: string[] = [];
  readonly written: OpCode[] = [];
  sink!: FrameSink;

  constructor({ canPing = true } = {}) {
    this.canPing = canPing;
  }

  start(sink: FrameSink): void {
    this.sink = sink;
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }

  writeFrame(opCode: OpCode): void {
    this.written.push(opCode);
  }

  flush(): boolean {
    return true;
  }

  close(code: number, reason: string): void {
    this.calls.push("close");
    queueMicrotask(() => this.sink.end({ code, reason, clean: true }));
  }

  destroy(): void {
    this.calls.push("destroy");
    queueMicrotask(() => this.sink.end({ code: 1006, reason: "", clean: false }));
  }

  receive(payload: Uint8Array, opCode: number = OpCode.Binary): void {
    this.sink.frame(opCode, payload);
  }
}
