import type { Socket } from "node:net";
import { EMPTY_BYTES } from "../internal/empty-bytes.js";
import { COPY_LIMIT_BYTES } from "../limits/copy-limit.js";

const SLAB_BYTES = 16 * 1024;
/** A batch takes room in steps of this. */
const STEP_BYTES = 512;
/** A batch moves to so much room when others have written behind it, and to a slab of its own when it outgrows that. */
const OVERTAKEN_BYTES = 4 * 1024;
/**
 * At most 16 MiB, once so many connections have written in one turn. Slabs beyond it are garbage outside the heap, and a
 * little of that makes V8 collect the whole heap: with 256 spares, a burst to 1,000 connections took 1.5 times as long.
 */
const MAX_SPARES = 1024;

/** Batches and slabs that no connection uses now, shared by all: an idle connection holds neither. */
const spareBatches: WriteBatch[] = [];
const spareSlabs: Slab[] = [];

/** Memory that batches fill one behind the other. It is a Buffer, since Node's sockets wrap any other array for each write. */
class Slab {
  readonly bytes: Uint8Array = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** Where the room begins that no batch has. */
  end = 0;
  /** Batches with bytes in it that the system has not taken. */
  users = 0;
}

/**
 * The slab that batches begin in. A turn in which each of many connections gets a few bytes fills few slabs: with one for each
 * connection, 9,000 of them cost twice the time and memory.
 */
let common: Slab | undefined;

function commonSlab(length: number): Slab {
  if (!common || common.end + length > SLAB_BYTES) common = takeSlab();
  return common;
}

function takeSlab(): Slab {
  return spareSlabs.pop() ?? new Slab();
}

/** The system has taken what a batch had in it. */
function release(slab: Slab): void {
  if (--slab.users > 0) return;
  slab.end = 0;
  if (slab !== common && spareSlabs.length < MAX_SPARES) spareSlabs.push(slab);
}

/**
 * The bytes of one flush. Small pieces are copied into slabs, one after the other; large ones are referred to.
 *
 * To write into the batch, `reserve` room and fill `slab` from the offset that it returns.
 */
export class WriteBatch {
  /** The slab of the room that `reserve` returned last; each call of `reserve` may change it. */
  slab: Uint8Array = EMPTY_BYTES;
  /** Whose bytes `slab` are. */
  #slab: Slab | undefined;
  #start = 0;
  #end = 0;
  /** Where its room in the slab ends. */
  #limit = 0;
  /** The pieces before the bytes between start and end. */
  readonly #sealed: Uint8Array[] = [];
  #sealedBytes = 0;
  /** The slabs of these pieces, but for that which is written into. */
  readonly #sealedSlabs: Slab[] = [];
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
    if (this.#end + length > this.#limit) this.#makeRoom(this.#end + length - this.#start);
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
    if (this.#slab) this.#sealedSlabs.push(this.#slab);
    // Those that are never released are garbage once the socket has no use for them.
    if (taken) for (const slab of this.#sealedSlabs) release(slab);
    this.#sealedSlabs.length = 0;
    this.#slab = undefined;
    this.slab = EMPTY_BYTES;
    this.#sealedBytes = 0;
    this.#start = 0;
    this.#end = 0;
    this.#limit = 0;
    if (spareBatches.length < MAX_SPARES) spareBatches.push(this);
  }

  /** @param length how many bytes it has written since `#start`, and wants to write, together */
  #makeRoom(length: number): void {
    const slab = this.#slab;
    const isOvertaken = slab !== undefined && slab.end > this.#limit;
    if (!slab || isOvertaken || this.#start + length > SLAB_BYTES) this.#goOn(length, isOvertaken);
    else this.#limit = slab.end = Math.min(this.#start + inSteps(2 * length), SLAB_BYTES);
  }

  /** Goes on in other room. It takes along what it has written, if that is all: so most batches are one piece. */
  #goOn(length: number, isOvertaken: boolean): void {
    const before = this.#slab;
    const moves = this.#sealedBytes === 0 && length <= SLAB_BYTES;
    const written = this.#end - this.#start;
    if (!moves) this.#seal();
    const kept = this.#end - this.#start;
    const least = inSteps(length - written + kept);
    const room = isOvertaken ? (least > OVERTAKEN_BYTES ? SLAB_BYTES : OVERTAKEN_BYTES) : least;
    const slab = room === SLAB_BYTES ? takeSlab() : commonSlab(room);
    slab.users++;
    if (kept > 0) slab.bytes.set(this.slab.subarray(this.#start, this.#end), slab.end);
    if (before && moves) release(before);
    else if (before) this.#sealedSlabs.push(before);
    this.#slab = slab;
    this.slab = slab.bytes;
    this.#start = slab.end;
    this.#end = slab.end + kept;
    this.#limit = slab.end += room;
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

function inSteps(bytes: number): number {
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
}
