import type { AbortOptions } from "@im/transport-core";
import { checkWait, invalidOption, isBytes, randomId, rejectUnknownOptions } from "@im/transport-core/internal";
import {
  type AnyBodyCodec,
  type CommandDefinition,
  type CommandMap,
  Flag,
  type LogicPkt,
  type Meta,
  Status,
} from "@im/wire";
import { decodeKickoutNotify, MAX_IDEMPOTENCY_KEY_LENGTH } from "@im/wire/codec";
import { ClientError, checkingOptions, refusedOption } from "../errors.js";
import type { ClientStatus, Session } from "./client-status.js";
import { guard } from "./guard.js";
import type { ImClient, Received, ReceivedPush, RequestOptions } from "./im-client.js";
import { type ImClientOptions, type ResolvedImClientOptions, resolveImClientOptions } from "./im-client-options.js";
import { ItemStream } from "./item-stream.js";
import type { PacketConnection } from "./packet-connection.js";
import { PushSubscriptions, type Subscription } from "./push-subscriptions.js";
import { ReconnectingConnection } from "./reconnecting-connection.js";
import { Requests } from "./requests.js";
import { endOfSession, kickedOut, SIGN_IN, SIGN_OUT } from "./sign-in.js";

/** Makes the client of an application. It does nothing before `connect`. @throws `IM_ERR_INVALID_OPTION` */
export function createImClient<const Commands extends CommandMap = Record<never, never>>(
  options: ImClientOptions<Commands>,
): ImClient<Commands> {
  // The codecs of the same map keep the promises of the types.
  const settings = checkingOptions(() => resolveImClientOptions(options));
  return new ReconnectingClient(settings) as unknown as ImClient<Commands>;
}

type StatusHandler = (status: ClientStatus) => unknown;

const requestOptionNames = [
  "dest",
  "meta",
  "timeoutMs",
  "idempotent",
  "signal",
] as const satisfies readonly (keyof RequestOptions)[];
const NO_META: readonly Meta[] = [];
const NO_BYTES = /* @__PURE__ */ new Uint8Array(0);
/** Names come from the network, so their number is limited. */
const MAX_UNHANDLED = 64;

/** Requests, pushes and status, on a connection that reconnects. */
class ReconnectingClient implements ImClient<CommandMap> {
  readonly #settings: ResolvedImClientOptions;
  readonly #connection: ReconnectingConnection;
  readonly #requests: Requests;
  readonly #subscriptions: PushSubscriptions;
  readonly #statusHandlers = new Set<StatusHandler>();
  /** Changes of status that are still to be given to their handlers. */
  readonly #changes: { readonly status: ClientStatus; readonly handlers: readonly StatusHandler[] }[] = [];
  /** The prefix of each idempotency key: a random key per request would cost more than all else that a request does. */
  readonly #keyPrefix = randomId();
  #keys = 0;
  /** How often `connect` was called. */
  #connects = 0;
  /** Commands of pushes that had no handler, each reported once. */
  readonly #unhandled = new Set<string>();

  constructor(settings: ResolvedImClientOptions) {
    this.#settings = settings;
    this.#requests = new Requests(settings);
    this.#subscriptions = new PushSubscriptions(settings.maxQueuedPushes, (command) => this.#overflowed(command));
    this.#connection = new ReconnectingConnection(settings, {
      changed: (status, connection) => this.#changed(status, connection),
      received: (packet) => this.#received(packet),
    });
  }

  get status(): ClientStatus {
    return this.#connection.status;
  }

  async connect({ signal }: AbortOptions = {}): Promise<Session> {
    const { state } = this.status;
    if (state !== "idle" && state !== "closed") {
      throw new ClientError(
        "IM_ERR_CLIENT_STATE",
        `the client is ${state} already; call ready() to wait until it is online`,
      );
    }
    signal?.throwIfAborted();
    const own = ++this.#connects;
    let closing: Promise<void> | undefined;
    const abort = () => {
      // By then the client may have been closed, and connect again.
      if (own === this.#connects) closing = this.close();
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#connection.start();
    try {
      return await this.ready({ signal });
    } finally {
      signal?.removeEventListener("abort", abort);
      await closing;
      signal?.throwIfAborted();
    }
  }

  async ready({ signal }: AbortOptions = {}): Promise<Session> {
    signal?.throwIfAborted();
    const stream = this.statuses({ signal });
    for await (const status of stream) {
      if (status.state === "online") return status.session;
      if (status.state === "idle") throw new ClientError("IM_ERR_NOT_CONNECTED", "call connect() first");
      if (status.state === "closed") throw status.reason ?? closed();
    }
    throw closed();
  }

  async request(command: string, body?: unknown, options: RequestOptions = {}): Promise<Received<never>> {
    const { dest, meta, signal, idempotencyKey, timeoutMs } = checkingOptions(() => this.#checked(options));
    const definition = this.#settings.commands.get(command);
    const init = { command, dest, meta, body: encode(command, definition?.request, body) };
    const settings = { timeoutMs, signal, idempotencyKey };
    // Not before: the application's codec may abort the signal or close the client.
    signal?.throwIfAborted();
    if (this.status.state === "closed") throw closed(this.status.reason);
    const response = await this.#requests.submit(init, settings);
    return decoded(response, definition, "response");
  }

  /** Checked, with defaults for what is undefined or null. @throws `IM_ERR_INVALID_OPTION` */
  #checked(options: RequestOptions) {
    rejectUnknownOptions(options, requestOptionNames);
    const timeoutMs = checkWait("timeoutMs", options.timeoutMs ?? this.#settings.requestTimeoutMs);
    const signal = options.signal ?? undefined;
    const dest = options.dest ?? "";
    const meta = options.meta ?? NO_META;
    if (signal && typeof signal.throwIfAborted !== "function") throw invalidOption("signal", "an AbortSignal", signal);
    if (typeof dest !== "string") throw invalidOption("dest", "a string", dest);
    if (!Array.isArray(meta)) throw invalidOption("meta", "an array", meta);
    return { timeoutMs, signal, dest, meta, idempotencyKey: this.#idempotencyKeyOf(options.idempotent ?? false) };
  }

  /** @throws `IM_ERR_INVALID_OPTION` */
  #idempotencyKeyOf(given: boolean | string): string | undefined {
    if (typeof given === "boolean") return given ? `${this.#keyPrefix}-${++this.#keys}` : undefined;
    if (typeof given === "string" && given !== "" && given.length <= MAX_IDEMPOTENCY_KEY_LENGTH) return given;
    throw invalidOption("idempotent", `a boolean, or a key of 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} UTF-16 units`, given);
  }

  on(command: string, handler: (push: ReceivedPush<never>) => unknown): () => void {
    return this.#subscribe(command, handler).stop;
  }

  pushes(command: string, options?: AbortOptions): AsyncIterableIterator<ReceivedPush<never>> {
    options?.signal?.throwIfAborted();
    const subscription = this.#subscribe(command, (push) => stream.put(push));
    const stopWatching = this.onStatus(({ state }) => {
      // Pushes that were received can still be read.
      if (state === "closed") void subscription.finish().then(() => stream.end());
    });
    const release = () => {
      subscription.stop();
      stopWatching();
    };
    const stream = new ItemStream<ReceivedPush<never>>(release, options);
    if (this.status.state === "closed") stream.end();
    return stream;
  }

  #subscribe(command: string, handler: (push: ReceivedPush<never>) => unknown): Subscription {
    const definition = this.#settings.commands.get(command);
    return this.#subscriptions.add(command, (push) =>
      guard(() => handler(decoded(push, definition, "push")), this.#settings.report),
    );
  }

  onStatus(handler: (status: ClientStatus) => unknown): () => void {
    // A function of its own, so that the same handler may be given twice.
    const own = (status: ClientStatus) => handler(status);
    this.#statusHandlers.add(own);
    return () => this.#statusHandlers.delete(own);
  }

  statuses(options?: AbortOptions): AsyncIterableIterator<ClientStatus> {
    options?.signal?.throwIfAborted();
    const stop = this.onStatus((status) => {
      void stream.put(status);
      if (status.state === "closed") stream.end();
    });
    const stream = new ItemStream<ClientStatus>(stop, options);
    void stream.put(this.status);
    if (this.status.state === "closed") stream.end();
    return stream;
  }

  async close(): Promise<void> {
    await this.#connection.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #received(packet: LogicPkt): void {
    if (packet.flag === Flag.Response) {
      this.#requests.answered(packet);
      const { command, status } = packet;
      // A handler's 404 says nothing about the session, but a gateway without extensions, such as kim's, does not mark its own.
      const isGone = status === Status.SessionNotFound && this.#extensions?.size === 0;
      if (isGone || endOfSession(packet) !== undefined)
        this.#connection.renew(new ClientError("IM_ERR_REQUEST_FAILED", "the session is gone", { response: packet }));
      else if (command === SIGN_OUT && status === Status.Success) void this.#connection.stop();
    } else if (this.#isOurKickout(packet)) {
      void this.#connection.stop(kickedOut());
    } else this.#push(packet);
  }

  get #extensions(): ReadonlySet<string> | undefined {
    return this.status.state === "online" ? this.status.session.extensions : undefined;
  }

  #isOurKickout({ command, body }: LogicPkt): boolean {
    const { status } = this;
    if (command !== SIGN_IN || status.state !== "online") return false;
    try {
      return decodeKickoutNotify(body).channelId === status.session.channelId;
    } catch {
      return false;
    }
  }

  #push(push: LogicPkt): void {
    const { command } = push;
    if (this.#subscriptions.deliver(push) || this.#unhandled.size >= MAX_UNHANDLED || this.#unhandled.has(command))
      return;
    this.#unhandled.add(command);
    this.#settings.report(
      new ClientError(
        "IM_ERR_PUSH_UNHANDLED",
        `there is no handler for pushes of ${command}: add one with on() or pushes()`,
      ),
    );
  }

  /** @returns whether the client is online, so that a later push can say how many were missed */
  #overflowed(command: string): boolean {
    const isOnline = this.status.state === "online";
    const message = `a handler or iteration of ${command} is too slow, and loses pushes`;
    if (isOnline) this.#settings.report(new ClientError("IM_ERR_PUSH_OVERFLOW", message));
    return isOnline;
  }

  #changed(status: ClientStatus, connection: PacketConnection | undefined): void {
    // The handlers of now: one that is added later does not get this change.
    const handlers = [...this.#statusHandlers];
    // Sending requests, or a handler, may cause the next change: all handlers get this one first.
    const isFirst = this.#changes.push({ status, handlers }) === 1;
    if (status.state === "online") this.#requests.online(connection!);
    else if (status.state === "offline") this.#requests.offline(status.reason);
    else if (status.state === "closed") this.#requests.end(status.reason ?? closed());
    if (!isFirst) return;
    for (let change = this.#changes[0]; change; change = this.#changes[0]) {
      const now = change;
      for (const handler of now.handlers) {
        if (this.#statusHandlers.has(handler)) void guard(() => handler(now.status), this.#settings.report);
      }
      this.#changes.shift();
    }
  }
}

/** @param reason why the client ended; undefined if `close` was called */
function closed(reason?: Error): ClientError {
  const why = reason ? `: ${reason.message}` : "; connect() opens it again";
  return new ClientError("IM_ERR_CLIENT_CLOSED", `the client is closed${why}`, { cause: reason, delivery: "none" });
}

/** @throws `IM_ERR_INVALID_OPTION`, and what the codec throws */
function encode(command: string, codec: AnyBodyCodec | undefined, body: unknown): Uint8Array {
  if (isBytes(body)) return body;
  const encoded = codec ? codec.encode(body as never) : (body ?? NO_BYTES);
  if (isBytes(encoded)) return encoded;
  const what = codec ? `the result of the codec of ${command}` : `the body of ${command}, which has no codec,`;
  throw refusedOption(what, "a Uint8Array", encoded);
}

function decoded(
  packet: LogicPkt,
  definition: CommandDefinition | undefined,
  kind: "response" | "push",
): Received<never> {
  const codec = definition?.[kind];
  // Without a codec there should be no bytes; if there are, they are given as they are.
  const bytes = definition && packet.body.length === 0 ? undefined : packet.body;
  const body = codec ? codec.decode(packet.body) : bytes;
  return { ...packet, body: body as never };
}
