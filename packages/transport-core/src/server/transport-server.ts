import { BatchingChannel } from "../channel/batching-channel.js";
import { HashChannelMap } from "../channel/hash-channel-map.js";
import type { ConnDriver } from "../conn/conn-driver.js";
import { checkPayload, closedError } from "../conn/conn-errors.js";
import { FramedConn } from "../conn/framed-conn.js";
import type { Accepted, Acceptor } from "../contract/acceptor.js";
import type { Channel } from "../contract/channel.js";
import type { ChannelMap } from "../contract/channel-map.js";
import { CloseCode, type CloseInfo } from "../contract/close-info.js";
import type { AbortOptions } from "../contract/conn.js";
import { OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { Server, ShutdownReport } from "../contract/server.js";
import type { StateListener } from "../contract/state-listener.js";
import { DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { ErrorContext } from "../error-reporter.js";
import { TransportError } from "../errors.js";
import { checkWait, invalidOption } from "../options.js";
import { drain } from "./drain.js";
import type { AcceptSink, Arrival, ListenerDriver } from "./listener-driver.js";
import { login, refusalOf } from "./login.js";
import { Newcomer } from "./newcomer.js";
import { Registration } from "./registration.js";
import { checkHasMethods, resolveServerOptions, type ServerOptions } from "./server-options.js";

type State = "new" | "starting" | "listening" | "stopping" | "shut down";

/** The Server of every transport: from an accepted socket to its disconnect, on a driver that accepts sockets. */
export class TransportServer extends Registration implements Server, AcceptSink {
  readonly #listener: ListenerDriver;
  readonly #settings: ReturnType<typeof resolveServerOptions> & { readonly deadlines: DeadlineWheel };
  #state: State = "new";
  /** Settles, and never rejects, when the last start is over. */
  #startSettled: Promise<void> = Promise.resolve();
  #hasListener = false;
  #shutdown: Promise<ShutdownReport> | undefined;
  #acceptor: Acceptor | undefined;
  #messageListener: MessageListener | undefined;
  #stateListener: StateListener | undefined;
  #channelMap: ChannelMap;
  #readWaitMs: number;
  /** Those who have no id yet, with their connection once they speak frames. */
  readonly #newcomers = new Map<Newcomer, FramedConn | undefined>();
  /** With what settles when the StateListener is done with its end. */
  readonly #channels = new Map<BatchingChannel, Promise<void>>();
  readonly #cutting = new AbortController();

  constructor(listener: ListenerDriver, options: ServerOptions) {
    super(listener, options.service);
    this.#listener = listener;
    this.#settings = { ...resolveServerOptions(options), deadlines: new DeadlineWheel() };
    this.#acceptor = options.acceptor;
    this.#messageListener = options.messageListener;
    this.#stateListener = options.stateListener;
    this.#channelMap = options.channelMap ?? new HashChannelMap();
    this.#readWaitMs = this.#settings.readWaitMs;
  }

  setAcceptor(acceptor: Acceptor): void {
    this.#checkNotStarted("setAcceptor");
    checkHasMethods("acceptor", acceptor, ["accept"]);
    this.#acceptor = acceptor;
  }

  setMessageListener(listener: MessageListener): void {
    this.#checkNotStarted("setMessageListener");
    checkHasMethods("messageListener", listener, ["receive"]);
    this.#messageListener = listener;
  }

  setStateListener(listener: StateListener): void {
    this.#checkNotStarted("setStateListener");
    checkHasMethods("stateListener", listener, ["disconnect"]);
    this.#stateListener = listener;
  }

  setChannelMap(channels: ChannelMap): void {
    this.#checkNotStarted("setChannelMap");
    checkHasMethods("channelMap", channels, ["add", "remove", "get", "all"]);
    this.#channelMap = channels;
  }

  setReadWait(waitMs: number): void {
    this.#readWaitMs = checkWait("readWaitMs", waitMs);
  }

  async start({ signal }: AbortOptions = {}): Promise<void> {
    this.#checkNotStarted("start");
    if (!this.#messageListener) throw invalidOption("messageListener", "set before start", undefined);
    signal?.throwIfAborted();
    const start = this.#listen(signal);
    this.#startSettled = start.catch(() => {});
    await start;
  }

  async #listen(signal: AbortSignal | undefined): Promise<void> {
    this.#state = "starting";
    try {
      this.listensAt(await this.#listener.listen(this));
    } catch (cause) {
      if (this.#is("starting")) this.#state = "new";
      throw new TransportError("IM_ERR_LISTEN", `the server cannot listen: ${(cause as Error).message}`, { cause });
    }
    this.#hasListener = true;
    if (this.#is("shut down")) {
      throw new TransportError("IM_ERR_SERVER_STATE", "the server was shut down while it was starting");
    }
    if (signal?.aborted) {
      this.#state = "stopping";
      await this.#drain();
      if (this.#is("stopping")) this.#state = "new";
      throw signal.reason;
    }
    this.#state = "listening";
  }

  /** A call, since the state changes while something is awaited. */
  #is(state: State): boolean {
    return this.#state === state;
  }

  push(channelId: string, payload: Uint8Array): boolean {
    const channel = this.#channelMap.get(channelId);
    if (channel) return channel.push(payload);
    throw new TransportError("IM_ERR_UNKNOWN_CHANNEL", `no channel ${JSON.stringify(channelId)} is connected here`);
  }

  broadcast(payload: Uint8Array): number {
    checkPayload(payload, this.#settings.maxPayloadBytes);
    const frame = this.#listener.encodeFrame(OpCode.Binary, payload);
    let taken = 0;
    for (const channel of this.#channelMap.all()) {
      try {
        // A map may hold channels of other servers, whose transport has another encoding.
        if (this.#isOurs(channel)) channel.pushEncoded(frame, payload);
        else channel.push(payload);
        taken++;
      } catch {
        // The channel is closing or its queue is full: its end tells.
      }
    }
    return taken;
  }

  #isOurs(channel: Channel): channel is BatchingChannel {
    return this.#channels.has(channel as BatchingChannel);
  }

  // From a socket to a channel

  arrive(destroy: () => void): Arrival | undefined {
    if (this.#state !== "listening" && this.#state !== "starting") return undefined;
    const { deadlines, loginWaitMs } = this.#settings;
    const newcomer: Newcomer = new Newcomer(deadlines, loginWaitMs, {
      destroy,
      ready: (driver) => this.#welcome(driver, newcomer),
      gone: () => this.#newcomers.delete(newcomer),
    });
    this.#newcomers.set(newcomer, undefined);
    return newcomer;
  }

  failed(error: Error): void {
    this.#report(error, { during: "listen" });
  }

  #welcome(driver: ConnDriver, newcomer: Newcomer): void {
    const conn = new FramedConn(driver, this.#settings);
    if (newcomer.isSettled) {
      // Its socket was destroyed while the handshake was under way.
      this.#newcomers.delete(newcomer);
      conn.destroy();
      return;
    }
    this.#newcomers.set(newcomer, conn);
    if (this.#acceptor) void this.#logIn(conn, newcomer, this.#acceptor);
    else this.#admit(conn, newcomer, { id: crypto.randomUUID() });
  }

  async #logIn(conn: FramedConn, newcomer: Newcomer, acceptor: Acceptor): Promise<void> {
    const controller = new AbortController();
    newcomer.logsIn((why) => controller.abort(why));
    void conn.closed.then((info) => controller.abort(closedError(info)));
    let accepted: Accepted;
    try {
      accepted = await login(conn, acceptor, controller.signal, newcomer.deadlineMs);
      // The end of the login may have come in the same moment.
      controller.signal.throwIfAborted();
    } catch (error) {
      const { closeCode, reason } = refusalOf(error);
      this.#report(error, { during: "accept" });
      controller.abort(error);
      this.#refuse(conn, newcomer, closeCode, reason);
      return;
    }
    this.#admit(conn, newcomer, accepted);
  }

  #refuse(conn: FramedConn, newcomer: Newcomer, closeCode: number, reason: string): void {
    newcomer.settle();
    void conn.close(closeCode, reason).then(() => this.#newcomers.delete(newcomer));
  }

  #admit(conn: FramedConn, newcomer: Newcomer, { id, meta }: Accepted): void {
    const channel = new BatchingChannel(id, conn, this.#settings, meta);
    channel.setReadWait(this.#readWaitMs);
    // A deadline of the login does not outlive it; the read loop sets its own for reading.
    channel.setWriteDeadline(Number.POSITIVE_INFINITY);
    try {
      if (!this.#channelMap.add(channel)) {
        const error = new TransportError("IM_ERR_DUPLICATE_ID", "channel id is repeated");
        this.#report(error, { during: "accept", channelId: id });
        this.#refuse(conn, newcomer, CloseCode.PolicyViolation, error.message);
        return;
      }
    } catch (error) {
      this.#report(error, { during: "channel map", channelId: id });
      this.#refuse(conn, newcomer, CloseCode.InternalError, "internal error");
      return;
    }
    newcomer.settle();
    this.#newcomers.delete(newcomer);
    const life = channel
      .readLoop(this.#messageListener!)
      .catch((error: unknown) => {
        // The Acceptor left a read behind.
        this.#report(error, { during: "accept", channelId: id });
        void channel.close(CloseCode.InternalError, "internal error");
        return channel.closed;
      })
      .then((info) => this.#leave(channel, info));
    this.#channels.set(channel, life);
  }

  async #leave(channel: BatchingChannel, info: CloseInfo): Promise<void> {
    try {
      const current = this.#channelMap.get(channel.id);
      // The id may have been freed by hand, and taken again since.
      const isTaken = current instanceof BatchingChannel && current !== channel;
      if (!isTaken) this.#channelMap.remove(channel.id);
    } catch (error) {
      this.#report(error, { during: "channel map", channelId: channel.id });
    }
    try {
      await this.#stateListener?.disconnect(channel.id, info);
    } catch (error) {
      this.#report(error, { during: "disconnect", channelId: channel.id });
    }
    this.#channels.delete(channel);
  }

  // Shutdown

  shutdown({ signal }: AbortOptions = {}): Promise<ShutdownReport> {
    this.#state = "shut down";
    this.#shutdown ??= this.#startSettled.then(() => (this.#hasListener ? this.#drain() : { clean: 0, cut: 0 }));
    const cut = () => this.#cutting.abort();
    if (signal?.aborted) cut();
    signal?.addEventListener("abort", cut, { once: true });
    return this.#shutdown.finally(() => signal?.removeEventListener("abort", cut));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown().then(() => {});
  }

  async #drain(): Promise<ShutdownReport> {
    this.#hasListener = false;
    const listenerClosed = this.#listener.close().catch((error: unknown) => this.#report(error, { during: "listen" }));
    const population = { newcomers: this.#newcomers, channels: this.#channels };
    const report = await drain(population, 2 * this.#settings.writeWaitMs, this.#cutting.signal);
    await listenerClosed;
    return report;
  }

  #checkNotStarted(call: string): void {
    if (this.#state === "new") return;
    throw new TransportError("IM_ERR_SERVER_STATE", `${call} comes too late: the server is ${this.#state}`);
  }

  #report(error: unknown, context: ErrorContext): void {
    this.#settings.onError(error, context);
  }
}
