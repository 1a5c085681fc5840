import { type Address, CloseCode, OpCode, TransportError } from "@im/transport-core";
import { type ConnDriver, connectionLost, type FrameSink } from "@im/transport-core/authoring";
import { FrameInbox } from "@im/transport-core/internal";
import type { PlatformWebSocket } from "./platform-web-socket.js";
import { SendBuffer } from "./send-buffer.js";

/** Limit of the bytes received while reading is paused: the platform itself cannot be paused. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;
const UNKNOWN: Address = { host: "", port: 0 };

/**
 * Frames on the platform's own WebSocket, after its handshake. The platform answers pings without reporting them, and cannot
 * send pings.
 */
export class BrowserConnDriver implements ConnDriver {
  readonly canPing = false;
  /** The platform does not reveal it. */
  readonly localAddress = UNKNOWN;
  readonly remoteAddress: Address;
  readonly #webSocket: PlatformWebSocket;
  readonly #buffer: SendBuffer;
  #sink!: FrameSink;
  #isPaused = false;
  /** The frames received while reading is paused, in order. */
  #held: FrameInbox | undefined;
  #hasEnded = false;

  constructor(webSocket: PlatformWebSocket, { protocol, hostname, port }: URL) {
    this.#webSocket = webSocket;
    this.#buffer = new SendBuffer(webSocket, () => this.#sink.drain());
    this.remoteAddress = { host: hostname, port: Number(port) || (protocol === "wss:" ? 443 : 80) };
  }

  get subprotocol(): string {
    return this.#webSocket.protocol;
  }

  get queuedBytes(): number {
    return this.#buffer.queuedBytes;
  }

  get untakenBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    const webSocket = this.#webSocket;
    webSocket.onmessage = ({ data }) => {
      this.look();
      if (typeof data === "string") this.#received(OpCode.Text, new TextEncoder().encode(data));
      else this.#received(OpCode.Binary, new Uint8Array(data));
    };
    webSocket.onclose = ({ code, reason, wasClean }) => {
      this.#end(code === CloseCode.Abnormal ? connectionLost(undefined) : { code, reason, clean: wasClean });
    };
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    // A frame may be a reason to pause again.
    while (!this.#isPaused && this.#giveHeld());
  }

  /** @returns whether a frame was held */
  #giveHeld(): boolean {
    const frame = this.#held?.take();
    if (frame) this.#sink.frame(frame.opCode, frame.payload);
    return frame !== undefined;
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    // The platform does not send memory that is shared with workers: it gets a copy.
    const own = payload.buffer instanceof ArrayBuffer ? payload : payload.slice();
    if (opCode === OpCode.Binary) this.#buffer.add(own, payload.length);
    else if (opCode === OpCode.Text) this.#buffer.add(textOf(own), payload.length);
    else {
      const rule = "the WebSocket of a browser sends Text and Binary frames only";
      throw new TransportError("IM_ERR_INVALID_FRAME", `opcode ${opCode} cannot be sent: ${rule}`);
    }
  }

  flush(): boolean {
    return this.#buffer.flush();
  }

  look(): void {
    this.#buffer.look();
  }

  close(code: number, reason: string): void {
    this.#buffer.flush();
    // Pages may send 1000 and 3000 to 4999 only (WHATWG): other codes become a Close without a code.
    if (code === CloseCode.Normal || code >= 3000) this.#webSocket.close(code, reason);
    else this.#webSocket.close();
  }

  destroy(): void {
    // A page cannot cut the connection: if the peer does not answer, the platform gives up after a time of its own.
    this.#webSocket.close();
    // Not within this call.
    queueMicrotask(() => this.#end({ code: CloseCode.Abnormal, reason: "destroyed", clean: false }));
  }

  #received(opCode: OpCode, payload: Uint8Array): void {
    const { maxPayloadBytes } = this.#sink;
    if (payload.length > maxPayloadBytes) {
      this.#sink.violation(CloseCode.PayloadTooLarge, `payload of ${payload.length} bytes, ${maxPayloadBytes} allowed`);
    } else if (this.#isPaused) this.#hold(opCode, payload);
    else this.#sink.frame(opCode, payload);
  }

  #hold(opCode: OpCode, payload: Uint8Array): void {
    this.#held ??= new FrameInbox({ maxInboxMessages: Number.POSITIVE_INFINITY, maxInboxBytes: MAX_HELD_BYTES });
    this.#held.add(opCode, payload);
    if (this.#held.byteLength <= MAX_HELD_BYTES) return;
    this.#sink.violation(CloseCode.PolicyViolation, `${MAX_HELD_BYTES} bytes were received while reading was paused`);
  }

  #end(info: Parameters<FrameSink["end"]>[0]): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // Frames received before the end are reported before it, paused or not.
    while (this.#giveHeld());
    this.#webSocket.onmessage = null;
    this.#webSocket.onclose = null;
    this.#buffer.stop();
    this.#sink.end(info);
  }
}

/** @throws `IM_ERR_INVALID_FRAME` */
function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch (cause) {
    throw new TransportError("IM_ERR_INVALID_FRAME", "a Text frame must be UTF-8", { cause });
  }
}
