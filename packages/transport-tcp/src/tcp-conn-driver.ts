import type { Socket } from "node:net";
import type { Address, OpCode } from "@im/transport-core";
import { OpCode as Op } from "@im/transport-core";
import {
  type ConnDriver,
  connectionLost,
  encodeClosePayload,
  type FrameSink,
  SocketWriter,
} from "@im/transport-core/authoring";
import { FrameDecoder } from "./framing/frame-decoder.js";
import { FRAME_HEADER_BYTES, writeFrameHeader } from "./framing/frame-encoder.js";

const driverOf = Symbol("driver");
type DrivenSocket = Socket & { [driverOf]: TcpConnDriver };

/** Frames on a connected `net.Socket` or `tls.TLSSocket`, for server and dialer alike. */
export class TcpConnDriver implements ConnDriver {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #socket: Socket;
  readonly #writer: SocketWriter;
  #sink: FrameSink | undefined;
  #decoder: FrameDecoder | undefined;
  #error: Error | undefined;
  #saidClose = false;
  #peerHungUp = false;

  /** @param path of the Unix domain socket, if it is one */
  constructor(socket: Socket, path?: string) {
    this.#socket = socket;
    this.#writer = new SocketWriter(socket);
    this.localAddress = { host: socket.localAddress ?? path ?? "", port: socket.localPort ?? 0 };
    this.remoteAddress = { host: socket.remoteAddress ?? path ?? "", port: socket.remotePort ?? 0 };
  }

  get canPing(): boolean {
    return true;
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    this.#decoder = new FrameDecoder(sink);
    const socket = Object.assign(this.#socket, { [driverOf]: this }) as DrivenSocket;
    // One function each for all connections, not a closure each.
    socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    const { batch } = this.#writer;
    const offset = batch.reserve(FRAME_HEADER_BYTES);
    writeFrameHeader(batch.slab, offset, opCode, payload.length);
    batch.append(payload);
  }

  writeEncoded(frame: Uint8Array): void {
    this.#writer.batch.appendShared(frame);
  }

  flush(): boolean {
    return this.#writer.flush(this.#sink!);
  }

  close(code: number, reason: string): void {
    this.#saidClose = true;
    // 1005 stands for a Close frame without a code, as kim's clients send it.
    this.writeFrame(Op.Close, code === 1005 ? new Uint8Array(0) : encodeClosePayload(code, reason));
    this.flush();
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // What the socket reports

  /** @internal */
  received(chunk: Uint8Array): void {
    this.#decoder!.write(chunk);
  }

  /** @internal */
  hungUp(): void {
    this.#peerHungUp = true;
  }

  /** @internal */
  failed(error: Error): void {
    this.#error ??= error;
  }

  /** @internal */
  closed(): void {
    const clean = this.#saidClose && this.#peerHungUp && !this.#error;
    this.#sink!.end({ ...connectionLost(this.#error), clean });
  }
}

function onData(this: Socket, chunk: Uint8Array): void {
  (this as DrivenSocket)[driverOf].received(chunk);
}

function onEnd(this: Socket): void {
  (this as DrivenSocket)[driverOf].hungUp();
}

function onError(this: Socket, error: Error): void {
  (this as DrivenSocket)[driverOf].failed(error);
}

function onClose(this: Socket): void {
  (this as DrivenSocket)[driverOf].closed();
}
