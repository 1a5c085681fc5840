import type { Socket } from "node:net";
import { EMPTY_BYTES } from "../internal/empty-bytes.js";
import { COPY_LIMIT_BYTES } from "../limits/copy-limit.js";

const SLAB_BYTES = 16 * 1024;
/**
 * At most 16 MiB, once so many connections have written in one turn. Slabs beyond it are garbage outside the heap, and a
 * little of that makes V8 collect the whole heap: with 256 spares, a burst to 1,000 connections took 1.5 times as long.
 */
const MAX_SPARES = 1024;

/**
 * Batches and slabs that no connection uses now, shared by all: an idle connection holds neither. Slabs are Buffers, since
 * Node's sockets wrap any other array for each write.
 */
const spareBatches: WriteBatch[] = [];
const spareSlabs: Uint8Array[] = [];

/**
 * The bytes of one flush. Small pieces are copied into slabs, one after the other; large ones are referred to.
 *
 * To write into the batch, `reserve` room and fill `slab` from the offset that it returns.
 */
export class WriteBatch {
  /** The slab of the room that `reserve` returned last; each call of `reserve` may change it. */
  slab: Uint8Array = EMPTY_BYTES;
  #start = 0;
  #end = 0;
  /** The pieces before the bytes between start and end. */
  readonly #sealed: Uint8Array[] = [];
  #sealedBytes = 0;
  readonly #fullSlabs: Uint8Array[] = [];
  #whenTaken: (() => void) | undefined;
  /** One function for all that this batch writes to encrypted sockets. */
  #taken: ((error?: Error | null) => void) | undefined;

  /** An empty batch; {@link writeTo} recycles it. */
  static take(): WriteBatch {
    return spareBatches.pop() ?? new WriteBatch();
  }

  get byteLength(): number {
    return this.#sealedBytes + this.#end - this.#start;
  }

  /** Room for `length` bytes (at most 16 KiB) at the returned offset of `slab`. */
  reserve(length: number): number {
    if (this.#end + length > this.slab.length) this.#nextSlab();
    const offset = this.#end;
    this.#end += length;
    return offset;
  }

  /** Adds a copy of few bytes; of many the array itself, which must not change until the socket has taken it. */
  append(bytes: Uint8Array): void {
    if (bytes.length > COPY_LIMIT_BYTES) {
      this.#refer(bytes);
      return;
    }
    const offset = this.reserve(bytes.length);
    this.slab.set(bytes, offset);
  }

  /**
   * Writes the whole batch in one system call. The batch must not be used afterwards.
   *
   * @returns whether the system took everything at once
   */
  writeTo(socket: Socket): boolean {
    this.#write(socket);
    const taken = socket.writableLength === 0;
    this.#recycle(taken);
    return taken;
  }

  /** Like {@link writeTo}, for a socket that takes bytes in a later turn. @param taken called when it has taken them */
  writeLater(socket: Socket, taken: () => void): void {
    this.#whenTaken = taken;
    this.#taken ??= (error) => {
      const whenTaken = this.#whenTaken;
      this.#whenTaken = undefined;
      this.#recycle(!error);
      if (!error) whenTaken?.();
    };
    this.#write(socket, this.#taken);
  }

  /** @param taken the callback of the last write */
  #write(socket: Socket, taken?: (error?: Error | null) => void): void {
    if (this.#sealedBytes === 0) {
      if (this.#end > this.#start) socket.write(this.slab.subarray(this.#start, this.#end), taken);
      return;
    }
    this.#seal();
    const last = this.#sealed.pop()!;
    socket.cork();
    for (const piece of this.#sealed) socket.write(piece);
    socket.write(last, taken);
    socket.uncork();
    this.#sealed.length = 0;
  }

  /** @param taken whether the system has the bytes; until then, they must stay as they are */
  #recycle(taken: boolean): void {
    if (!taken) this.slab = EMPTY_BYTES;
    while (this.#fullSlabs.length > 0) {
      const slab = this.#fullSlabs.pop()!;
      if (taken && spareSlabs.length < MAX_SPARES) spareSlabs.push(slab);
    }
    this.#sealedBytes = 0;
    this.#start = 0;
    this.#end = 0;
    if (spareBatches.length < MAX_SPARES) spareBatches.push(this);
  }

  #nextSlab(): void {
    this.#seal();
    if (this.slab !== EMPTY_BYTES) this.#fullSlabs.push(this.slab);
    this.slab = spareSlabs.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#start = 0;
    this.#end = 0;
  }

  #seal(): void {
    if (this.#end === this.#start) return;
    this.#sealed.push(this.slab.subarray(this.#start, this.#end));
    this.#sealedBytes += this.#end - this.#start;
    this.#start = this.#end;
  }

  #refer(bytes: Uint8Array): void {
    this.#seal();
    this.#sealed.push(bytes);
    this.#sealedBytes += bytes.length;
  }
}
