import type { AbortOptions } from "@im/transport-core";
import type { CommandMap, CommandOf, LogicPkt, Meta, PushOf, RequestInitOf, ResponseOf } from "@im/wire";
import type { ClientStatus, Session } from "./client-status.js";

/** A packet whose body is decoded as the command map says; of a command that is not in it, the bytes. */
export interface Received<Body> extends Omit<LogicPkt, "body"> {
  readonly body: Body;
}

/** A push. */
export interface ReceivedPush<Body> extends Received<Body> {
  /**
   * How many pushes of its command this handler or iteration has lost just before it, since more than `maxQueuedPushes`
   * waited; absent if none.
   */
  readonly missed?: number;
}

/** Any command; editors offer those of the map. */
type Name<Commands extends CommandMap> = CommandOf<Commands> | (string & Record<never, never>);
/** What a request is made from: by its codec, or bytes that are sent as they are. */
type RequestBody<Commands extends CommandMap, Command> = Command extends keyof Commands
  ? RequestInitOf<Commands, Command> | Uint8Array
  : Uint8Array | undefined;
/** If the map has no codec, no body is expected; bytes that arrive are given unchanged. */
type OrBytes<Body> = [Body] extends [undefined] ? Uint8Array | undefined : Body;
type ResponseBody<Commands extends CommandMap, Command> = Command extends keyof Commands
  ? OrBytes<ResponseOf<Commands, Command>>
  : UnmappedBody<Commands, Command>;
/** The body of a push of this command. */
export type PushBody<Commands extends CommandMap, Command> = Command extends keyof Commands
  ? OrBytes<PushOf<Commands, Command>>
  : UnmappedBody<Commands, Command>;
/** The bytes; of a type such as `string`, which includes commands of the map, nothing is known. */
type UnmappedBody<Commands extends CommandMap, Command> = [Extract<keyof Commands, Command>] extends [never]
  ? Uint8Array
  : unknown;
/** A body that is empty may be left out. */
type RequestArguments<Body> = undefined extends Body
  ? [body?: Body, options?: RequestOptions]
  : [body: Body, options?: RequestOptions];

export interface RequestOptions extends AbortOptions {
  /** The receiver: an account or a group id. */
  readonly dest?: string | undefined;
  readonly meta?: readonly Meta[] | undefined;
  /** From the call to the response, reconnecting included, in milliseconds. @default the client's requestTimeoutMs */
  readonly timeoutMs?: number | undefined;
  /**
   * Sends the request again after the connection was lost, with the same idempotency key, so that the server carries it
   * out once. A string is the key, 1 to 128 UTF-16 units; give your own to repeat a request yourself. Where the server
   * does not know the extension `idem`, the request is sent without a key, and fails when the connection is lost.
   */
  readonly idempotent?: boolean | string | undefined;
}

/**
 * The client of an application: it signs in, keeps the connection, pairs responses with requests and gives out pushes.
 * Ordered by status: docs/client.md draws the transitions.
 */
export interface ImClient<Commands extends CommandMap = Record<never, never>> extends AsyncDisposable {
  readonly status: ClientStatus;

  /**
   * Connects and signs in, and displaces the session of the same account and device, if there is one. Resolves when the
   * client is online. Rejects when each address has failed once, unless `retryFirstConnect` has it go on.
   *
   * @throws `IM_ERR_CLIENT_STATE` unless the client is idle or closed; the reason for which the status became `closed`;
   * at an abort, which closes the client, `signal.reason`
   */
  connect(options?: AbortOptions): Promise<Session>;

  /** Resolves when the client is online, at once if it is. @throws when it is closed, or not connecting at all */
  ready(options?: AbortOptions): Promise<Session>;

  /**
   * Sends a request and resolves with the response to it. Requests leave in the order of the calls; those of one turn
   * leave together; while `maxInFlight` have not settled, or the connection's queue has no room, others wait. Responses may
   * come in any order. The body is sent as it is now, whatever becomes of its memory when the call has returned a promise.
   *
   * @throws `IM_ERR_REQUEST_FAILED`: the server answered that it failed, see `response`;
   * `IM_ERR_REQUEST_TIMEOUT`, `IM_ERR_UNANSWERED`, `IM_ERR_CLIENT_CLOSED`, `IM_ERR_OFFLINE`: see `delivery`;
   * `IM_ERR_INVALID_OPTION`, `IM_ERR_PAYLOAD_TOO_LARGE`, what the codec throws at its body, and `marshal` at the packet: then
   * it has not been sent; what the codec throws at the response's; at an abort `signal.reason`. It settles once, whatever
   * happens.
   */
  request<Command extends Name<Commands>>(
    command: Command,
    ...[body, options]: RequestArguments<RequestBody<Commands, Command>>
  ): Promise<Received<ResponseBody<Commands, Command>>>;

  /**
   * Calls the handler for each push of the command, in order. An async handler holds back its own next push and nothing
   * else: it may await requests. What it throws goes to `onError`. It stays through reconnects. A slow one
   * loses pushes, see `maxQueuedPushes`.
   *
   * @returns a function that removes the handler
   */
  on<Command extends Name<Commands>>(
    command: Command,
    handler: (push: ReceivedPush<PushBody<Commands, Command>>) => unknown,
  ): () => void;

  /**
   * The pushes of a command from now on, until the client is closed: then those that have come, and the end. An iteration
   * that is not read loses pushes, see `maxQueuedPushes`; leaving a `for await` ends it.
   *
   * @throws the reason of a signal that is aborted already
   */
  pushes<Command extends Name<Commands>>(
    command: Command,
    options?: AbortOptions,
  ): AsyncIterableIterator<ReceivedPush<PushBody<Commands, Command>>>;

  /** Calls the handler with the status at each change. @returns a function that removes the handler */
  onStatus(handler: (status: ClientStatus) => unknown): () => void;

  /** The status now and at each change, until the client is closed. A slow reader gets the latest only. */
  statuses(options?: AbortOptions): AsyncIterableIterator<ClientStatus>;

  /**
   * Sends what is queued, then Close, and does not connect again. Pending requests fail at once. Resolves when nothing is
   * open: at the latest after the transport's write wait, if the server is not there. Harmless when repeated.
   */
  close(): Promise<void>;
}
