import { type Address, CloseCode, OpCode, TransportError } from "@im/transport-core";
import { type ConnDriver, connectionLost, encodeClosePayload, type FrameSink } from "@im/transport-core/authoring";
import type { FromPage } from "./bridge-messages.js";

type Told<Message> = Message extends { readonly socket: number } ? Omit<Message, "socket"> : never;

/** The server's end of a WebSocket: the socket is Node's, at the other end of the bridge. It takes all that it is given. */
export class BridgedConnDriver implements ConnDriver {
  readonly canPing = true;
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #tell: (message: Told<FromPage>) => void;
  #sink: FrameSink | undefined;
  #queue: Told<FromPage>[] = [];
  #queuedBytes = 0;
  /** What came before somebody was there to take it. */
  #early: (() => void)[] = [];

  constructor(localAddress: Address, remoteAddress: Address, tell: (message: Told<FromPage>) => void) {
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.#tell = tell;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    const early = this.#early;
    this.#early = [];
    setTimeout(() => {
      for (const event of early) event();
    }, 0);
  }

  pause(): void {
    this.#tell({ type: "pause" });
  }

  resume(): void {
    this.#tell({ type: "resume" });
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    if (opCode === OpCode.Continuation)
      throw new TransportError("IM_ERR_INVALID_FRAME", "WebSocket has none of its own");
    this.#queue.push({ type: "frame", opCode, payload: toBase64(payload) });
    this.#queuedBytes += payload.length;
  }

  flush(): boolean {
    for (const message of this.#queue) this.#tell(message);
    this.#queue = [];
    this.#queuedBytes = 0;
    return true;
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#tell({ type: "close", code, reason });
  }

  destroy(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#tell({ type: "destroy" });
  }

  received(opCode: number, payload: string): void {
    this.#when(() => {
      const bytes = fromBase64(payload);
      const { maxPayloadBytes } = this.#sink!;
      if (bytes.length <= maxPayloadBytes) this.#sink!.frame(opCode, bytes);
      else this.#sink!.violation(CloseCode.PayloadTooLarge, `over ${maxPayloadBytes} bytes`);
      this.#tell({ type: "taken", characters: payload.length });
    });
  }

  ended(code: number, reason: string): void {
    this.#when(() => {
      if (code === CloseCode.Abnormal) this.#sink!.end(connectionLost(undefined));
      else {
        const payload = code === CloseCode.NoStatus ? new Uint8Array(0) : encodeClosePayload(code, reason);
        this.#sink!.frame(OpCode.Close, payload);
        this.#sink!.end({ code, reason, clean: true });
      }
    });
  }

  #when(event: () => void): void {
    if (this.#sink && this.#early.length === 0) event();
    else this.#early.push(event);
  }
}

function toBase64(bytes: Uint8Array): string {
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000)
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(chunks.join(""));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
