import {
  type AbortOptions,
  type Channel,
  type Client,
  CloseCode,
  type CloseInfo,
  type Conn,
  createChannel,
  type Dialer,
  type Frame,
  OpCode,
  type TransportError,
} from "@im/transport-core";
import { connectionEnded } from "../connection-ended.js";
import { dialWithinLimits } from "../dial-within-limits.js";
import { ClientError, checkingOptions } from "../errors.js";
import { type ClientOptions, checkDialer, resolveClientOptions } from "./client-options.js";
import { FrameStream } from "./frame-stream.js";
import { Heartbeat } from "./heartbeat.js";

const NO_BYTES = /* @__PURE__ */ new Uint8Array(0);

/** Makes a Client, for any transport: the Dialer decides. @throws `IM_ERR_INVALID_OPTION` */
export function createClient(options: ClientOptions = {}): Client {
  return new DialingClient(options);
}

class DialingClient implements Client {
  readonly id: string;
  readonly name: string;
  readonly #settings: ReturnType<typeof resolveClientOptions>;
  #dialer: Dialer | undefined;
  /** While connecting: aborts the attempt. */
  #dialing: AbortController | undefined;
  /** Settles, and never rejects, when the last attempt to connect is over. */
  #attemptSettled: Promise<void> = Promise.resolve();
  #channel: Channel | undefined;
  /** Settles, and never rejects, when the last connection has ended and `connect` may be called again. */
  #ended: Promise<void> = Promise.resolve();
  /** Of the connection, or of the last one. */
  #frames: FrameStream | undefined;
  #lastEnd: CloseInfo | undefined;

  constructor(options: ClientOptions) {
    this.#settings = checkingOptions(() => resolveClientOptions(options));
    this.id = this.#settings.id;
    this.name = this.#settings.name;
    this.#dialer = this.#settings.dialer;
  }

  setDialer(dialer: Dialer): void {
    checkingOptions(() => checkDialer(dialer));
    this.#dialer = dialer;
  }

  async connect(address: string, { signal }: AbortOptions = {}): Promise<void> {
    if (this.#dialing || this.#channel) {
      const state = this.#channel ? "connected" : "connecting";
      throw new ClientError("IM_ERR_CLIENT_STATE", `the client is ${state} already; close it before you connect again`);
    }
    if (!this.#dialer)
      throw new ClientError("IM_ERR_NO_DIALER", "there is no dialer: give one as an option, or call setDialer() first");
    signal?.throwIfAborted();
    const attempt = this.#establish(this.#dialer, address, signal);
    this.#attemptSettled = attempt.catch(() => {});
    await attempt;
  }

  async #establish(dialer: Dialer, address: string, signal: AbortSignal | undefined): Promise<void> {
    const dialing = new AbortController();
    this.#dialing = dialing;
    const giveUp = () => dialing.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const { id, name } = this;
      const { dialTimeoutMs: timeoutMs } = this.#settings;
      await dialWithinLimits(dialer, { id, name, address, timeoutMs }, dialing, (conn) => this.#begin(conn));
    } finally {
      signal?.removeEventListener("abort", giveUp);
      this.#dialing = undefined;
    }
  }

  send(payload: Uint8Array, opCode?: OpCode): boolean {
    return this.#connected().push(payload, opCode);
  }

  async drained(options?: AbortOptions): Promise<void> {
    await this.#connected().drained(options);
  }

  async read(options: AbortOptions = {}): Promise<Frame> {
    if (!this.#frames) throw this.#notConnected();
    return this.#frames.read(options);
  }

  /** Frames until the connection ends. Throws the reason, unless either side closed it with code 1000. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, void, void> {
    try {
      for (;;) yield await this.read();
    } catch (error) {
      if (error instanceof ClientError && error.closeInfo?.code === 1000) return;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#dialing?.abort(new ClientError("IM_ERR_CLIENT_CLOSED", "the client was closed while it was connecting"));
    const closing = this.#channel?.close();
    await this.#attemptSettled;
    await closing;
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(conn: Conn): void {
    const { channel: options, heartbeatMs, maxInboxMessages, maxInboxBytes } = this.#settings;
    const channel = createChannel(this.id, conn, options);
    // A deadline of the login does not outlive it; the read loop sets its own for reading.
    channel.setWriteDeadline(Number.POSITIVE_INFINITY);
    const frames = new FrameStream(maxInboxMessages, maxInboxBytes);
    const heartbeat = new Heartbeat(() => ping(channel), conn.canPing ? heartbeatMs : Number.POSITIVE_INFINITY);
    this.#channel = channel;
    this.#frames = frames;
    void channel.closed.then(() => frames.endsSoon());
    const receive = (_agent: unknown, payload: Uint8Array, opCode: OpCode) => frames.add({ opCode, payload });
    const ended = (info: CloseInfo) => {
      heartbeat.stop();
      this.#lastEnd = info;
      this.#channel = undefined;
      frames.end(info);
    };
    this.#ended = channel.readLoop({ receive }).then(ended, (error: TransportError) => {
      // The Dialer has left a read pending.
      channel.destroy();
      ended({ code: CloseCode.Abnormal, reason: error.message, clean: false, error });
    });
  }

  #connected(): Channel {
    if (this.#channel) return this.#channel;
    throw this.#notConnected();
  }

  #notConnected(): ClientError {
    if (this.#lastEnd) return connectionEnded(this.#lastEnd);
    return new ClientError("IM_ERR_NOT_CONNECTED", "the client is not connected; call connect() first");
  }
}

function ping(channel: Channel): void {
  try {
    channel.writeFrame(OpCode.Ping, NO_BYTES);
  } catch {
    // The connection is closing; its end says why.
  }
}
