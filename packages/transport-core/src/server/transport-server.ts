import { FramedChannel } from "../channel/framed-channel.js";
import { HashChannelMap } from "../channel/hash-channel-map.js";
import { checkDataOpCode, checkPayload } from "../conn/conn-errors.js";
import type { Acceptor } from "../contract/acceptor.js";
import type { Channel } from "../contract/channel.js";
import type { ChannelMap } from "../contract/channel-map.js";
import type { AbortOptions } from "../contract/conn.js";
import { OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { Server, ShutdownOptions, ShutdownReport } from "../contract/server.js";
import type { StateListener } from "../contract/state-listener.js";
import { DeadlineWheel } from "../deadline/deadline-wheel.js";
import { TransportError } from "../errors.js";
import { checkFlag, checkHasMethods, checkRate, checkWait, invalidOption } from "../internal/check-options.js";
import { Admission } from "./admission.js";
import type { Application } from "./application.js";
import { type DrainStages, drain } from "./drain.js";
import type { ListenerDriver } from "./listener-driver.js";
import { Registration } from "./registration.js";
import { resolveServerOptions, type ServerOptions, type ServerSettings } from "./server-options.js";

type State = "new" | "starting" | "listening" | "stopping" | "shut down";

/** The Server of every transport, on a driver that accepts sockets: starts, shuts down, pushes and broadcasts. */
export class TransportServer extends Registration implements Server {
  readonly #listener: ListenerDriver;
  readonly #settings: ServerSettings;
  readonly #application: Application;
  readonly #admission: Admission;
  #state: State = "new";
  /** Settles, and never rejects, when the last start is over. */
  #startSettled: Promise<void> = Promise.resolve();
  #hasListener = false;
  #shutdown: Promise<ShutdownReport> | undefined;
  readonly #cutting = new AbortController();

  constructor(listener: ListenerDriver, options: ServerOptions) {
    super(listener, options.service);
    this.#listener = listener;
    this.#settings = { ...resolveServerOptions(options), deadlines: new DeadlineWheel() };
    this.#application = {
      acceptor: options.acceptor,
      messageListener: options.messageListener,
      stateListener: options.stateListener,
      channelMap: options.channelMap ?? new HashChannelMap(),
      readWaitMs: this.#settings.readWaitMs,
    };
    this.#admission = new Admission(this.#settings, this.#application);
  }

  setAcceptor(acceptor: Acceptor): void {
    this.#checkNotStarted("setAcceptor");
    checkHasMethods("acceptor", acceptor, ["accept"]);
    this.#application.acceptor = acceptor;
  }

  setMessageListener(listener: MessageListener): void {
    this.#checkNotStarted("setMessageListener");
    checkHasMethods("messageListener", listener, ["receive"]);
    this.#application.messageListener = listener;
  }

  setStateListener(listener: StateListener): void {
    this.#checkNotStarted("setStateListener");
    checkHasMethods("stateListener", listener, ["disconnect"]);
    this.#application.stateListener = listener;
  }

  setChannelMap(channels: ChannelMap): void {
    this.#checkNotStarted("setChannelMap");
    checkHasMethods("channelMap", channels, ["add", "remove", "get", "all"]);
    this.#application.channelMap = channels;
  }

  setReadWait(waitMs: number): void {
    this.#application.readWaitMs = checkWait("readWaitMs", waitMs);
  }

  async start({ signal }: AbortOptions = {}): Promise<void> {
    this.#checkNotStarted("start");
    if (!this.#application.messageListener) throw invalidOption("messageListener", "set before start", undefined);
    signal?.throwIfAborted();
    const start = this.#listen(signal);
    this.#startSettled = start.catch(() => {});
    await start;
  }

  async #listen(signal: AbortSignal | undefined): Promise<void> {
    this.#become("starting");
    try {
      this.listensAt(await this.#listener.listen(this.#admission));
    } catch (cause) {
      if (this.#is("starting")) this.#become("new");
      throw new TransportError("IM_ERR_LISTEN", `the server cannot listen: ${(cause as Error).message}`, { cause });
    }
    this.#hasListener = true;
    if (this.#is("shut down")) {
      throw new TransportError("IM_ERR_SERVER_STATE", "the server was shut down while it was starting");
    }
    if (signal?.aborted) {
      this.#become("stopping");
      await this.#drain();
      if (this.#is("stopping")) this.#become("new");
      throw signal.reason;
    }
    this.#become("listening");
    this.#settings.log({ address: this.address, protocol: this.protocol }, "listening");
  }

  #become(state: State): void {
    this.#state = state;
    this.#admission.isOpen = state === "starting" || state === "listening";
  }

  /** A method, since TypeScript assumes that a field does not change during an await. */
  #is(state: State): boolean {
    return this.#state === state;
  }

  push(channelId: string, payload: Uint8Array, opCode?: OpCode): boolean {
    return this.#channel(channelId).push(payload, opCode);
  }

  async closeChannel(channelId: string, code?: number, reason?: string): Promise<void> {
    await this.#channel(channelId).close(code, reason);
  }

  #channel(channelId: string): Channel {
    const channel = this.#application.channelMap.get(channelId);
    if (channel) return channel;
    throw new TransportError("IM_ERR_UNKNOWN_CHANNEL", `no channel ${JSON.stringify(channelId)} is connected here`);
  }

  broadcast(payload: Uint8Array, opCode: OpCode = OpCode.Binary): number {
    checkDataOpCode(opCode);
    checkPayload(payload, this.#settings.maxPayloadBytes);
    const frame = this.#listener.encodeFrame(opCode, payload);
    let taken = 0;
    for (const channel of this.#application.channelMap.all()) {
      try {
        // A map may hold channels of other servers, whose transport has another encoding.
        if (this.#admission.channels.owns(channel)) FramedChannel.pushEncoded(channel, frame, payload, opCode);
        else channel.push(payload, opCode);
        taken++;
      } catch {
        // The channel is closing or its queue is full: the StateListener gets the reason.
      }
    }
    return taken;
  }

  // Shutdown

  async shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const { signal, connectionsPerSecond = Number.POSITIVE_INFINITY, finishLogins = false } = options;
    checkRate("connectionsPerSecond", connectionsPerSecond);
    checkFlag("finishLogins", finishLogins);
    this.#become("shut down");
    this.#shutdown ??= this.#startSettled.then(() => this.#shutDown({ connectionsPerSecond, finishLogins }));
    const cut = () => this.#cutting.abort();
    if (signal?.aborted) cut();
    signal?.addEventListener("abort", cut, { once: true });
    return this.#shutdown.finally(() => signal?.removeEventListener("abort", cut));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown().then(() => {});
  }

  async #shutDown(stages: DrainStages): Promise<ShutdownReport> {
    this.#settings.log({ connectionsPerSecond: stages.connectionsPerSecond }, "shutting down");
    const report = this.#hasListener ? await this.#drain(stages) : { clean: 0, cut: 0 };
    this.#settings.log(report, "shut down");
    return report;
  }

  async #drain(stages: DrainStages = {}): Promise<ShutdownReport> {
    this.#hasListener = false;
    const failed = (error: unknown) => this.#settings.onError(error, { during: "listen" });
    const listenerClosed = this.#listener.close().catch(failed);
    return drain(this.#admission, {
      ...stages,
      limitMs: 2 * this.#settings.writeWaitMs,
      signal: this.#cutting.signal,
      listenerClosed,
    });
  }

  #checkNotStarted(call: string): void {
    if (this.#state === "new") return;
    throw new TransportError("IM_ERR_SERVER_STATE", `${call} comes too late: the server is ${this.#state}`);
  }
}
