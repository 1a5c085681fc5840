import { CloseCode, OpCode, TransportError } from "@im/transport-core";
import { encodeClosePayload, type FrameSink } from "@im/transport-core/authoring";
import { type KnownAddresses, SocketConnDriver } from "@im/transport-core/node";
import { checkText } from "./framing/check-text.js";
import { FrameDecoder } from "./framing/frame-decoder.js";
import { headerBytes, writeHeader } from "./framing/frame-header.js";
import { applyMask, MASK_BYTES, nextMask, writeMask } from "./framing/mask.js";
import type { UpgradedSocket } from "./upgraded-web-socket.js";

/** A masked payload of more than this gets memory of its own instead of a place in the batch. */
const MAX_BATCHED_PAYLOAD_BYTES = 4 * 1024;

export interface WsConnSettings {
  readonly isServer: boolean;
  readonly maxFragments: number;
}

/** @throws `IM_ERR_INVALID_FRAME` for what cannot be sent as one frame (RFC 6455 §5.4, §8.1) */
export function checkSendable(opCode: OpCode, payload: Uint8Array): void {
  if (opCode === OpCode.Continuation) {
    throw new TransportError(
      "IM_ERR_INVALID_FRAME",
      "a WebSocket message cannot begin with a continuation: send Text or Binary",
    );
  }
  if (opCode === OpCode.Text) checkText(payload);
}

/** WebSocket frames on a socket whose upgrade is done. */
export class WsConnDriver extends SocketConnDriver {
  readonly #isServer: boolean;
  readonly #maxFragments: number;
  readonly subprotocol: string;
  #decoder: FrameDecoder | undefined;
  #saidClose = false;

  /** @param known addresses that are not those of the socket */
  constructor(
    { socket, head, subprotocol }: UpgradedSocket,
    { isServer, maxFragments }: WsConnSettings,
    known?: KnownAddresses,
  ) {
    super(socket, known);
    this.subprotocol = subprotocol;
    this.#isServer = isServer;
    this.#maxFragments = maxFragments;
    // The end of one direction ends both. HTTP servers make half-open sockets.
    socket.allowHalfOpen = false;
    if (head.length > 0) socket.unshift(head);
  }

  /** Both sides have sent Close (RFC 6455 §7.1.4). */
  protected get isClean(): boolean {
    return this.#saidClose && this.#decoder!.sawClose;
  }

  override start(sink: FrameSink): void {
    this.#decoder = new FrameDecoder(sink, this.#isServer, this.#maxFragments);
    super.start(sink);
  }

  protected received(chunk: Uint8Array): void {
    this.#decoder!.write(chunk);
    if (this.#decoder!.isDone) this.#hangUp();
  }

  /** Whether frames that are received already wait for {@link proceed}. */
  get isSuspended(): boolean {
    return this.#decoder!.isSuspended;
  }

  /** Reports nothing behind the frame that is being reported, until {@link proceed}. */
  suspend(): void {
    this.#decoder!.suspend();
    this.socket.pause();
  }

  /** Reports what was received already, which may suspend it again. The caller resumes the socket. */
  proceed(): void {
    this.#decoder!.proceed();
    if (this.#decoder!.isDone) this.#hangUp();
  }

  /** After both Close frames the server ends the socket, and the client waits for that (RFC 6455 §7.1.1). */
  #hangUp(): void {
    if (this.#saidClose && (this.#isServer || !this.#decoder!.sawClose)) this.socket.end();
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    checkSendable(opCode, payload);
    this.encode(opCode, payload);
  }

  /** Encodes a frame that was checked. @param opCode with `COMPRESSED` for a compressed message */
  encode(opCode: number, payload: Uint8Array): void {
    if (this.#isServer) this.#writePlain(opCode, payload);
    else this.#writeMasked(opCode, payload);
  }

  #writePlain(opCode: number, payload: Uint8Array): void {
    const { batch } = this;
    const offset = batch.reserve(headerBytes(payload.length));
    writeHeader(batch.slab, offset, opCode, payload.length, false);
    batch.append(payload);
  }

  #writeMasked(opCode: number, payload: Uint8Array): void {
    const { batch } = this;
    const { length } = payload;
    const mask = nextMask();
    const offset = batch.reserve(headerBytes(length) + MASK_BYTES);
    writeMask(batch.slab, writeHeader(batch.slab, offset, opCode, length, true), mask);
    if (length > MAX_BATCHED_PAYLOAD_BYTES) {
      const masked = new Uint8Array(payload);
      applyMask(masked, 0, length, mask);
      batch.append(masked);
    } else {
      const payloadOffset = batch.reserve(length);
      batch.slab.set(payload, payloadOffset);
      applyMask(batch.slab, payloadOffset, length, mask);
    }
  }

  /** For breaches that only the Conn finds. */
  ignoreInput(): void {
    this.#decoder!.finish();
  }

  close(code: number, reason: string): void {
    this.#saidClose = true;
    this.writeFrame(OpCode.Close, code === CloseCode.NoStatus ? new Uint8Array(0) : encodeClosePayload(code, reason));
    this.flush();
    if (this.#decoder!.isDone) this.#hangUp();
  }
}
