import type { Random } from "../kernel/random.js";
import type { LinkQuality, Ways } from "./ways.js";

/** What the socket of an endpoint learns from its system. */
export interface EndpointEvents {
  /** Bytes, the peer's end or a reset have come. */
  readable(): void;
  /** The system takes bytes again. */
  writable(): void;
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** Of the connection and this side of it. */
  readonly id: string;
}

/** What the system knows of one end of a connection: what came and was not read, and what it still has to send. */
export class Endpoint {
  readonly host: string;
  readonly port: number;
  readonly id: string;
  /** The owner's socket; undefined while the connection waits to be accepted. */
  events: EndpointEvents | undefined;
  peer!: Endpoint;
  /** The peer has said that it sends no more. */
  hasEnded = false;
  wasReset = false;
  #isClosed = false;
  readonly #ways: Ways;
  readonly #whenGone: () => void;
  readonly #random: Random;
  #quality: LinkQuality;
  #received: Uint8Array[] = [];
  /** Bytes that were sent and that the peer has not read. */
  #unreadByPeer = 0;
  #isFull = false;
  #hasSentEnd = false;
  #lastArrivalMs = 0;

  /** @param whenGone called when its socket is closed */
  constructor(ways: Ways, { host, port, id }: Place, whenGone: () => void) {
    this.#ways = ways;
    this.#whenGone = whenGone;
    this.host = host;
    this.port = port;
    this.id = id;
    this.#random = ways.random.fork(id);
    this.#quality = ways.quality;
  }

  /** What is on its way keeps its time. */
  set quality(quality: LinkQuality) {
    this.#quality = quality;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get hasBytes(): boolean {
    return this.#received.length > 0;
  }

  /** Gives bytes to the system, which copies them. @returns how many it takes */
  send(bytes: Uint8Array): number {
    if (this.#isClosed || this.#hasSentEnd) return bytes.length;
    const taken = Math.min(bytes.length, this.#quality.bufferBytes - this.#unreadByPeer);
    if (taken < bytes.length) this.#isFull = true;
    this.#unreadByPeer += taken;
    for (let start = 0; start < taken; ) {
      const isCut = this.#random.chance(this.#quality.sliceChance);
      const end = isCut ? this.#random.int(start + 1, taken) : taken;
      const segment = Uint8Array.prototype.slice.call(bytes, start, end);
      this.#transmit(() => this.peer.#arrived(segment));
      start = end;
    }
    return taken;
  }

  /** Sends no more: a FIN, after all that was sent. */
  finish(): void {
    if (this.#hasSentEnd || this.#isClosed) return;
    this.#hasSentEnd = true;
    this.#transmit(() => this.peer.#ended());
  }

  /** The socket is closed. As Linux does, it resets the peer if something is left unread. */
  close(): void {
    if (this.#isClosed) return;
    if (this.hasBytes) this.#reset();
    else this.finish();
    this.vanish();
  }

  /** Somebody between the two resets both. */
  breakOff(): void {
    this.#wasResetByPeer();
    this.peer.#wasResetByPeer();
  }

  /** It is gone, and the peer gets neither FIN nor RST: its machine has lost power. */
  vanish(): void {
    this.#isClosed = true;
    this.#received = [];
    this.events = undefined;
    this.#whenGone();
  }

  /** Takes bytes that came, up to a limit. */
  read(maxBytes: number): Buffer {
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (length < maxBytes && this.#received.length > 0) {
      const first = this.#received[0]!;
      const rest = maxBytes - length;
      if (first.length > rest) this.#received[0] = first.subarray(rest);
      else this.#received.shift();
      chunks.push(first.subarray(0, rest));
      length += Math.min(first.length, rest);
    }
    this.#acknowledge(length);
    return Buffer.concat(chunks, length);
  }

  #reset(): void {
    const { host, peer } = this;
    if (this.#ways.off.has(host)) return;
    // A RST is not sent again: what is cut off does not get it.
    this.#ways.kernel.after(this.#delayMs(), () => {
      if (!this.#ways.isBlocked(host, peer.host)) peer.#wasResetByPeer();
    });
  }

  #delayMs(): number {
    const { latencyMs, jitterMs } = this.#quality;
    return latencyMs + (jitterMs > 0 ? this.#random.ms(0, jitterMs) : 0);
  }

  #transmit(arrive: () => void): void {
    const { kernel } = this.#ways;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, kernel.nowMs + this.#delayMs());
    kernel.at(this.#lastArrivalMs, () => this.#ways.whenOpen(this.host, this.peer.host, arrive));
  }

  #arrived(segment: Uint8Array): void {
    this.#ways.kernel.log.markBytes(segment);
    if (this.#isClosed) {
      this.#reset();
      return;
    }
    this.#received.push(segment);
    this.events?.readable();
  }

  #ended(): void {
    if (this.#isClosed) return;
    this.hasEnded = true;
    this.events?.readable();
  }

  #wasResetByPeer(): void {
    if (this.#isClosed) return;
    this.wasReset = true;
    this.events?.readable();
    this.events?.writable();
  }

  /** Tells the peer's system how much was read. */
  #acknowledge(length: number): void {
    const { peer } = this;
    this.#ways.kernel.after(this.#quality.latencyMs, () =>
      this.#ways.whenOpen(this.host, peer.host, () => {
        peer.#unreadByPeer -= length;
        const room = peer.#quality.bufferBytes - peer.#unreadByPeer;
        // Linux calls a socket writable when a third of its buffer is free.
        if (!peer.#isFull || room * 3 < peer.#quality.bufferBytes) return;
        peer.#isFull = false;
        peer.events?.writable();
      }),
    );
  }
}
