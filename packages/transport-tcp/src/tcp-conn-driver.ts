import type { Socket } from "node:net";
import { CloseCode, OpCode } from "@im/transport-core";
import { encodeClosePayload, type FrameSink } from "@im/transport-core/authoring";
import { SocketConnDriver } from "@im/transport-core/node";
import { FrameDecoder } from "./framing/frame-decoder.js";
import { FRAME_HEADER_BYTES, writeFrameHeader } from "./framing/frame-encoder.js";

/** Frames on a connected `net.Socket` or `tls.TLSSocket`. */
export class TcpConnDriver extends SocketConnDriver {
  #decoder: FrameDecoder | undefined;
  #saidClose = false;

  /** Peers may end the socket without a Close frame, as kim's do; but not after they broke the protocol. */
  protected get isClean(): boolean {
    return this.#saidClose && !this.#decoder!.isDone && (this.socket as Socket).readableEnded;
  }

  override start(sink: FrameSink): void {
    this.#decoder = new FrameDecoder(sink);
    super.start(sink);
  }

  protected received(chunk: Uint8Array): void {
    this.#decoder!.write(chunk);
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    const { batch } = this;
    const offset = batch.reserve(FRAME_HEADER_BYTES);
    writeFrameHeader(batch.slab, offset, opCode, payload.length);
    batch.append(payload);
  }

  /** For breaches that only the Conn finds, such as an unknown opcode. */
  ignoreInput(): void {
    this.#decoder!.finish();
  }

  close(code: number, reason: string): void {
    this.#saidClose = true;
    // An empty Close frame, as kim's clients send it.
    this.writeFrame(OpCode.Close, code === CloseCode.NoStatus ? new Uint8Array(0) : encodeClosePayload(code, reason));
    this.flush();
    this.socket.end();
  }
}
