import { Duplex } from "node:stream";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Endpoint } from "./endpoint.js";
import { systemError } from "./system-error.js";

/** What libuv reads at once. */
const READ_BYTES = 65_536;

type Done = (error?: Error | null) => void;

interface SocketOptions {
  readonly highWaterMarkBytes: number;
  readonly allowHalfOpen?: boolean;
}

interface SocketHandle {
  readonly writeQueueSize: number;
  reading: boolean;
  readStop(): void;
}

/** What the stream has given to the system, which has not taken all of it. */
interface Pending {
  chunks: Uint8Array[];
  readonly done: Done;
}

/**
 * `net.Socket`: Node's own stream, so that its states and the order of its events are Node's, on an {@link Endpoint} in place
 * of the system's socket.
 */
export class SimulatedSocket extends Duplex {
  connecting: boolean;
  remoteAddress: string | undefined;
  remotePort: number | undefined;
  localAddress: string | undefined;
  localPort: number | undefined;
  bytesRead = 0;
  readonly #process: SimulatedProcess;
  #endpoint: Endpoint | undefined;
  #pending: Pending | undefined;
  #isReading = false;
  #isPolling = false;

  constructor(process: SimulatedProcess, { highWaterMarkBytes, allowHalfOpen = false }: SocketOptions) {
    super({ allowHalfOpen, highWaterMark: highWaterMarkBytes, emitClose: false, autoDestroy: true });
    this.#process = process;
    this.connecting = true;
    process.atCrash.push(() => this.#endpoint?.close());
  }

  /** What `untakenBytes` of the drivers and Node's HTTP server look at. The stream itself decides when it reads. */
  get _handle(): SocketHandle | null {
    if (this.destroyed) return null;
    const writeQueueSize = this.#pending?.chunks.reduce((sum, { length }) => sum + length, 0) ?? 0;
    return { writeQueueSize, reading: true, readStop: () => {} };
  }

  /** What waits for the system to take it. */
  get heldChunks(): readonly Uint8Array[] {
    const { _writableState: state } = this as unknown as { _writableState: { getBuffer(): { chunk: Uint8Array }[] } };
    return [...(this.#pending?.chunks ?? []), ...state.getBuffer().map(({ chunk }) => chunk)];
  }

  /** The connection is there. */
  attach(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    this.connecting = false;
    this.localAddress = endpoint.host;
    this.localPort = endpoint.port;
    this.remoteAddress = endpoint.peer.host;
    this.remotePort = endpoint.peer.port;
    endpoint.events = { readable: () => this.#pollToRead(), writable: () => this.#process.poll(() => this.#pump()) };
    this.read(0);
    if (this.#pending) this.#pump();
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Ends, and is destroyed when all is written; Node's HTTP uses it. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  override _read(): void {
    this.#isReading = true;
    const endpoint = this.#endpoint;
    if (endpoint && (endpoint.hasBytes || endpoint.hasEnded || endpoint.wasReset)) this.#pollToRead();
  }

  #pollToRead(): void {
    if (this.#isPolling || !this.#isReading) return;
    this.#isPolling = true;
    this.#process.poll(() => {
      this.#isPolling = false;
      this.#receive();
    });
  }

  #receive(): void {
    const endpoint = this.#endpoint!;
    if (this.destroyed || !this.#isReading) return;
    if (endpoint.hasBytes) {
      const bytes = endpoint.read(READ_BYTES);
      this.bytesRead += bytes.length;
      if (!this.push(bytes)) this.#isReading = false;
      this.#pollAgain();
    } else if (endpoint.wasReset) this.destroy(systemError("ECONNRESET", "read"));
    else if (endpoint.hasEnded) {
      this.#isReading = false;
      this.push(null);
      // A stream that has no reader yet ends all the same, as in Node.
      if (this.readableLength === 0) this.read(0);
    }
  }

  #pollAgain(): void {
    const endpoint = this.#endpoint;
    if (endpoint && (endpoint.hasBytes || endpoint.wasReset || endpoint.hasEnded)) this.#pollToRead();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Done): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: { readonly chunk: Uint8Array }[], done: Done): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #send(chunks: Uint8Array[], done: Done): void {
    this.#pending = { chunks, done };
    if (!this.connecting) this.#pump();
  }

  /** Gives to the system what it takes. */
  #pump(): void {
    const pending = this.#pending;
    const endpoint = this.#endpoint;
    if (!pending || !endpoint) return;
    if (endpoint.wasReset) {
      this.#pending = undefined;
      pending.done(systemError("EPIPE", "write"));
      return;
    }
    while (pending.chunks.length > 0) {
      const [first] = pending.chunks as [Uint8Array];
      const taken = endpoint.send(first);
      if (taken < first.length) {
        pending.chunks[0] = first.subarray(taken);
        return;
      }
      pending.chunks.shift();
    }
    this.#pending = undefined;
    pending.done();
  }

  override _final(done: Done): void {
    if (this.connecting) {
      this.once("connect", () => this._final(done));
      return;
    }
    this.#endpoint?.finish();
    this.#process.poll(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    this.connecting = false;
    this.#endpoint?.close();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.done(error ?? systemError("ECANCELED", "write"));
    this.#process.poll(() => this.emit("close", error !== null));
    done(error);
  }
}
