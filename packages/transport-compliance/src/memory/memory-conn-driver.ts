import { type Address, CloseCode, OpCode } from "@im/transport-core";
import { type ConnDriver, connectionLost, encodeClosePayload, type FrameSink } from "@im/transport-core/authoring";
import { encodeMessage, messageOpCode, messagePayload } from "./memory-message.js";
import { MemoryPipe } from "./memory-pipe.js";

/** One end of a connection between two places in memory, with the manners of a TCP socket. */
export class MemoryConnDriver implements ConnDriver {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #out: MemoryPipe;
  #in!: MemoryPipe;
  #sink: FrameSink | undefined;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** Of what was flushed. */
  #untakenBytes = 0;
  #isPaused = false;
  #drainIsDue = false;
  #hasViolation = false;
  #saidClose = false;
  /** Our side has said that nothing follows, once the queue is empty. */
  #isEnding = false;
  #isClosed = false;

  /** Both ends of a new connection; the first is the dialer's. */
  static pair(dialer: Address, listener: Address): [MemoryConnDriver, MemoryConnDriver] {
    const dialed: MemoryConnDriver = new MemoryConnDriver(dialer, listener, () => accepted);
    const accepted: MemoryConnDriver = new MemoryConnDriver(listener, dialer, () => dialed);
    dialed.#in = accepted.#out;
    accepted.#in = dialed.#out;
    return [dialed, accepted];
  }

  private constructor(localAddress: Address, remoteAddress: Address, peer: () => MemoryConnDriver) {
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.#out = new MemoryPipe({ readable: () => peer().#read(), writable: () => this.#write() });
  }

  get canPing(): boolean {
    return true;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    setTimeout(() => this.#read(), 0);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    setTimeout(() => this.#read(), 0);
  }

  get untakenBytes(): number {
    return this.#untakenBytes;
  }

  writeFrame(opCode: OpCode, payload: Uint8Array): void {
    this.writeEncoded(encodeMessage(opCode, payload));
  }

  writeEncoded(message: Uint8Array): void {
    this.#queue.push(message);
    this.#queuedBytes += message.length;
  }

  flush(): boolean {
    this.#untakenBytes = this.#queuedBytes;
    this.#moveQueue();
    this.#drainIsDue = this.#queue.length > 0;
    return !this.#drainIsDue;
  }

  close(code: number, reason: string): void {
    this.#saidClose = true;
    this.writeFrame(OpCode.Close, code === CloseCode.NoStatus ? new Uint8Array(0) : encodeClosePayload(code, reason));
    this.#end();
    this.#drainIsDue = this.#queue.length > 0;
  }

  destroy(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#out.end();
    this.#in.abandon();
    this.#closed(false);
  }

  /** Something may have arrived. */
  #read(): void {
    if (!this.#sink || this.#isPaused || this.#isClosed) return;
    for (const message of this.#in.takeAll()) this.#receive(message);
    // As a socket that allows no half-open connection: when the peer ends, so do we.
    if (this.#in.isExhausted) this.#end();
  }

  #receive(message: Uint8Array): void {
    if (this.#hasViolation) return;
    const payload = messagePayload(message);
    const { maxPayloadBytes } = this.#sink!;
    if (payload.length <= maxPayloadBytes) {
      this.#sink!.frame(messageOpCode(message), payload);
    } else {
      this.#hasViolation = true;
      this.#sink!.violation(CloseCode.PayloadTooLarge, `${payload.length} bytes, the limit is ${maxPayloadBytes}`);
    }
  }

  /** There is room for more of the queue. */
  #write(): void {
    this.#moveQueue();
    if (this.#queue.length > 0) return;
    if (this.#isEnding) this.#end();
    if (this.#drainIsDue) this.#sink!.drain();
  }

  #moveQueue(): void {
    let moved = 0;
    for (const message of this.#queue) {
      if (!this.#out.put(message)) break;
      this.#queuedBytes -= message.length;
      this.#untakenBytes -= message.length;
      moved++;
    }
    this.#queue.splice(0, moved);
  }

  #end(): void {
    this.#isEnding = true;
    this.#moveQueue();
    if (this.#queue.length > 0) return;
    this.#out.end();
    if (this.#in.isExhausted) this.#closed(this.#saidClose);
  }

  #closed(clean: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    setTimeout(() => this.#sink?.end({ ...connectionLost(undefined), clean }), 0);
  }
}
