import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ConnDriver, FrameSink } from "../conn/conn-driver.js";
import { connectionLost } from "../conn/connection-lost.js";
import type { Address } from "../contract/address.js";
import type { OpCode } from "../contract/frame.js";
import { WriteBatch } from "./write-batch.js";

/** What Node's own socket time-outs look at; its types do not declare it. */
interface SocketHandle {
  /** Bytes that the system has not taken. */
  readonly writeQueueSize?: number;
  /** Of a TLSSocket: the socket below it. */
  readonly _parent?: SocketHandle | null;
}

/** An encrypted flush of more than this is not given to the system in one piece. */
const TLS_PIECE_BYTES = 64 * 1024;
const NOTHING = /* @__PURE__ */ new Uint8Array(0);
const driverOf = Symbol("driver");
type DrivenSocket = Socket & { [driverOf]: SocketConnDriver };

/** A connection on a connected Node socket, for server and dialer alike: all but how frames look on the wire. */
export abstract class SocketConnDriver implements ConnDriver {
  protected readonly socket: Socket;
  protected sink!: FrameSink;
  /** What was written since the last flush. */
  #batch: WriteBatch | undefined;
  /** Instead of a batch: a frame shared with other connections, if nothing else was written. */
  #shared: Uint8Array | undefined;
  readonly #path: string | undefined;
  /** Asked once: looking for a member that a plain socket does not have takes longer than to write a small frame. */
  readonly #isEncrypted: boolean;
  /** Of an encrypted socket, once it has written. */
  #taken: (() => void) | undefined;

  /** @param path of the Unix domain socket, if it is one */
  constructor(socket: Socket, path?: string) {
    this.socket = socket;
    this.#path = path;
    this.#isEncrypted = (socket as Partial<TLSSocket>).encrypted === true;
    // Asked once, it is known beyond the end of the socket.
    void socket.remoteAddress;
  }

  get localAddress(): Address {
    return { host: this.socket.localAddress ?? this.#path ?? "", port: this.socket.localPort ?? 0 };
  }

  get remoteAddress(): Address {
    return { host: this.socket.remoteAddress ?? this.#path ?? "", port: this.socket.remotePort ?? 0 };
  }

  abstract writeFrame(opCode: OpCode, payload: Uint8Array): void;
  abstract close(code: number, reason: string): void;
  /** Called with each chunk that the socket has read; the chunk belongs to the driver. */
  protected abstract received(chunk: Uint8Array): void;
  /** At the end of the socket: whether both sides have sent all that the protocol asks for, their Close included. */
  protected abstract get isClean(): boolean;

  get canPing(): boolean {
    return true;
  }

  get queuedBytes(): number {
    const { writableLength } = this.socket;
    if (this.#batch) return this.#batch.byteLength + writableLength;
    return this.#shared ? this.#shared.length + writableLength : writableLength;
  }

  get untakenBytes(): number {
    const { writableLength } = this.socket;
    const handle = handleOf(this.socket);
    return writableLength + (handle?.writeQueueSize ?? 0) + (handle?._parent?.writeQueueSize ?? 0);
  }

  /** Encode frames into this. */
  protected get batch(): WriteBatch {
    if (!this.#batch) {
      this.#batch = WriteBatch.take();
      if (this.#shared) this.#batch.append(this.#shared);
      this.#shared = undefined;
    }
    return this.#batch;
  }

  start(sink: FrameSink): void {
    this.sink = sink;
    const socket = Object.assign(this.socket, { [driverOf]: this });
    // One function each for all connections, not a closure each.
    socket.on("data", onData);
    socket.on("error", onError);
    socket.on("close", onClose);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  writeEncoded(frame: Uint8Array): void {
    if (this.#batch || this.#shared || this.#isEncrypted) this.batch.append(frame);
    else this.#shared = frame;
  }

  flush(): boolean {
    const batch = this.#batch;
    const shared = this.#shared;
    this.#batch = undefined;
    this.#shared = undefined;
    if (batch && batch.byteLength > 0 && this.#isEncrypted) return this.#flushEncrypted(batch);
    if (shared) this.socket.write(shared);
    const taken = batch ? batch.writeTo(this.socket) : this.socket.writableLength === 0;
    // The callback of a write comes after those before it; 'drain' would only come above the socket's own mark.
    if (!taken) this.socket.write(NOTHING, (error) => error || this.sink.drain());
    return taken;
  }

  /** The callback of the last write tells when the slabs are free again, and that all was taken. */
  #flushEncrypted(batch: WriteBatch): boolean {
    const { socket } = this;
    const fits = socket.writableLength === 0 && batch.byteLength <= TLS_PIECE_BYTES;
    this.#taken ??= () => {
      if (socket.writableLength === 0) this.sink.drain();
    };
    batch.writeLater(socket, this.#taken);
    // It is encrypted, and the system has it, even if the socket tells so only in the next turn.
    return fits && handleOf(socket)?._parent?.writeQueueSize === 0;
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** @internal */
  static received(driver: SocketConnDriver, chunk: Uint8Array): void {
    driver.received(chunk);
  }

  /** @internal */
  static closed(driver: SocketConnDriver): void {
    const error = driver.socket.errored ?? undefined;
    driver.sink.end({ ...connectionLost(error), clean: driver.isClean && !error });
  }
}

function handleOf(socket: Socket): SocketHandle | null | undefined {
  return (socket as { _handle?: SocketHandle | null })._handle;
}

function onData(this: DrivenSocket, chunk: Uint8Array): void {
  SocketConnDriver.received(this[driverOf], chunk);
}

function onError(): void {
  // An error that nobody listens to would end the process; `onClose` finds it.
}

function onClose(this: DrivenSocket): void {
  SocketConnDriver.closed(this[driverOf]);
}
