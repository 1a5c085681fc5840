import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ConnDriver, FrameSink } from "../conn/conn-driver.js";
import { connectionLost } from "../conn/connection-lost.js";
import type { Address } from "../contract/address.js";
import type { OpCode } from "../contract/frame.js";
import { EMPTY_BYTES } from "../internal/empty-bytes.js";
import { WriteBatch } from "./write-batch.js";

/** The fields that Node's own socket time-outs read; its types do not declare them. */
interface SocketHandle {
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize?: number;
  /** Of a TLSSocket: the socket below it. */
  readonly _parent?: SocketHandle | null;
}

/** Addresses of a connection that its socket does not have: on a Unix domain socket, or of the client of a proxy. */
export interface KnownAddresses {
  readonly local?: Address | undefined;
  readonly remote?: Address | undefined;
}

/** TLS hands an encrypted flush of more than this to the system in several pieces. */
const TLS_PIECE_BYTES = 64 * 1024;
const driverOf = Symbol("driver");
type DrivenSocket = Socket & { [driverOf]: SocketConnDriver };

/** A connection on a connected Node socket, of a server or a dialer: all but the format of frames. */
export abstract class SocketConnDriver implements ConnDriver {
  protected readonly socket: Socket;
  protected sink!: FrameSink;
  /** Frames that were written since the last flush. */
  #batch: WriteBatch | undefined;
  /** In place of a batch: a frame shared with other connections, if it is the only one since the last flush. */
  #shared: Uint8Array | undefined;
  readonly #known: KnownAddresses | undefined;
  /** Read once: looking up a field that a plain socket lacks takes longer than writing a small frame. */
  readonly #isEncrypted: boolean;
  /** Of an encrypted socket, once it has written: the callback of its writes. */
  #taken: (() => void) | undefined;

  /** @param known addresses that are not those of the socket */
  constructor(socket: Socket, known?: KnownAddresses) {
    this.socket = socket;
    this.#known = known;
    this.#isEncrypted = (socket as Partial<TLSSocket>).encrypted === true;
    // Node caches it: so it is known after the socket has closed as well.
    void socket.remoteAddress;
  }

  get localAddress(): Address {
    return this.#known?.local ?? { host: this.socket.localAddress ?? "", port: this.socket.localPort ?? 0 };
  }

  get remoteAddress(): Address {
    return this.#known?.remote ?? { host: this.socket.remoteAddress ?? "", port: this.socket.remotePort ?? 0 };
  }

  abstract writeFrame(opCode: OpCode, payload: Uint8Array): void;
  abstract close(code: number, reason: string): void;
  /** Called with each chunk that the socket has read; the chunk belongs to the driver. */
  protected abstract received(chunk: Uint8Array): void;
  /** When the socket has closed: whether both sides sent all that the protocol requires, Close included. */
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

  /** The batch that frames are encoded into. */
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
    socket.on("data", SocketConnDriver.#onData);
    socket.on("error", SocketConnDriver.#onError);
    socket.on("close", SocketConnDriver.#onClose);
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
    // The callback of a write is called after those before it; 'drain' is emitted only above the high-water mark.
    if (!taken) this.socket.write(EMPTY_BYTES, (error) => error || this.sink.drain());
    return taken;
  }

  /** The callback of the last write frees the slabs and reports that the system has taken everything. */
  #flushEncrypted(batch: WriteBatch): boolean {
    const { socket } = this;
    const fits = socket.writableLength === 0 && batch.byteLength <= TLS_PIECE_BYTES;
    this.#taken ??= () => {
      if (socket.writableLength === 0) this.sink.drain();
    };
    batch.writeLater(socket, this.#taken);
    // The system has the encrypted bytes already, although the callback is called in the next turn.
    return fits && handleOf(socket)?._parent?.writeQueueSize === 0;
  }

  destroy(): void {
    this.socket.destroy();
  }

  static #onData(this: DrivenSocket, chunk: Uint8Array): void {
    this[driverOf].received(chunk);
  }

  /** An error without a listener would end the process; `#onClose` finds it. */
  static #onError(): void {}

  static #onClose(this: DrivenSocket): void {
    const driver = this[driverOf];
    const error = this.errored ?? undefined;
    driver.sink.end({ ...connectionLost(error), clean: driver.isClean && !error });
  }
}

function handleOf(socket: Socket): SocketHandle | null | undefined {
  return (socket as { _handle?: SocketHandle | null })._handle;
}
