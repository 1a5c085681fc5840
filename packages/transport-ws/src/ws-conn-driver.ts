import type { Socket } from "node:net";
import { type Address, CloseCode, OpCode, TransportError } from "@im/transport-core";
import {
  type ConnDriver,
  connectionLost,
  encodeClosePayload,
  type FrameSink,
  SocketWriter,
} from "@im/transport-core/authoring";
import type { WebSocket } from "ws";
import { headerBytes, writeHeader } from "./framing/frame-header.js";
import { MASK_BYTES, maskInto, writeMask } from "./framing/mask.js";
import type { OrderlyWebSocket } from "./orderly-web-socket.js";

/** Above this a masked payload gets memory of its own instead of a place in the batch. */
const MAX_BATCHED_PAYLOAD_BYTES = 4 * 1024;

/** Which close code answers which error of the `ws` engine; all others are breaches of the protocol. */
const closeCodeOfError: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CloseCode.PolicyViolation,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: CloseCode.PayloadTooLarge,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CloseCode.PayloadTooLarge,
};

/** Frames on a WebSocket whose handshake is done: `ws` reads, we write to the socket ourselves, in batches. */
export class WsConnDriver implements ConnDriver {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #webSocket: OrderlyWebSocket;
  readonly #writer: SocketWriter;
  readonly #masks: boolean;
  #sink: FrameSink | undefined;
  #error: Error | undefined;

  /** @param masks whether this is the client's side (RFC 6455 §5.1) */
  constructor(webSocket: OrderlyWebSocket, socket: Socket, masks: boolean) {
    this.#webSocket = webSocket;
    this.#writer = new SocketWriter(socket);
    this.#masks = masks;
    this.localAddress = { host: socket.localAddress ?? "", port: socket.localPort ?? 0 };
    this.remoteAddress = { host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    webSocket.driver = this;
    // One function each for all connections, not a closure each.
    webSocket.on("message", onMessage).on("ping", onPing).on("pong", onPong).on("error", onError).on("close", onClose);
  }

  get canPing(): boolean {
    return true;
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    if (opCode === OpCode.Continuation) {
      throw new TransportError("IM_ERR_INVALID_FRAME", "WebSocket has no continuation on its own; send Text or Binary");
    }
    const { batch } = this.#writer;
    const { length } = payload;
    const header = headerBytes(length);
    if (!this.#masks) {
      const offset = batch.reserve(header);
      writeHeader(batch.slab, offset, opCode, length, false);
      batch.append(payload);
      return;
    }
    const offset = batch.reserve(header + MASK_BYTES);
    const mask = batch.slab;
    const maskOffset = writeHeader(mask, offset, opCode, length, true);
    writeMask(mask, maskOffset);
    if (length > MAX_BATCHED_PAYLOAD_BYTES) {
      const masked = new Uint8Array(length);
      maskInto(masked, 0, payload, mask, maskOffset);
      batch.append(masked);
      return;
    }
    const payloadOffset = batch.reserve(length);
    maskInto(batch.slab, payloadOffset, payload, mask, maskOffset);
  }

  writeEncoded(frame: Uint8Array): void {
    this.#writer.batch.appendShared(frame);
  }

  flush(): boolean {
    return this.#writer.flush(this.#sink!);
  }

  close(code: number, reason: string): void {
    // Flushes first, unless a Close has left already.
    if (code === CloseCode.NoStatus) this.#webSocket.sayClose();
    else this.#webSocket.sayClose(code, reason);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }

  // What the engine reports

  /** @internal */
  received(opCode: OpCode, data: Buffer): void {
    // A plain Uint8Array: the `slice` of a Buffer would mean something else.
    this.#sink!.frame(opCode, new Uint8Array(data.buffer, data.byteOffset, data.length));
  }

  /** @internal */
  peerCloses(code: number, reason: string): void {
    this.#sink!.frame(OpCode.Close, code === CloseCode.NoStatus ? new Uint8Array(0) : encodeClosePayload(code, reason));
  }

  /** @internal */
  failed(error: Error & { code?: string }): void {
    if (error.code?.startsWith("WS_ERR_")) {
      this.#sink!.violation(closeCodeOfError[error.code] ?? CloseCode.ProtocolError, error.message);
    } else {
      this.#error ??= error;
    }
  }

  /** @internal */
  closed(code: number, reason: string): void {
    if (code === CloseCode.Abnormal) this.#sink!.end(connectionLost(this.#error));
    else this.#sink!.end({ code, reason, clean: true });
  }
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  driverOf(this).received(isBinary ? OpCode.Binary : OpCode.Text, data);
}

function onPing(this: WebSocket, data: Buffer): void {
  driverOf(this).received(OpCode.Ping, data);
}

function onPong(this: WebSocket, data: Buffer): void {
  driverOf(this).received(OpCode.Pong, data);
}

function onError(this: WebSocket, error: Error): void {
  driverOf(this).failed(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  driverOf(this).closed(code, reason.toString());
}

function driverOf(webSocket: WebSocket): WsConnDriver {
  return (webSocket as OrderlyWebSocket).driver!;
}
