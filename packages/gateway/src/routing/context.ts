import type {
  CommandMap,
  CommandOf,
  LogicPkt,
  PushInitOf,
  RequestOf,
  ResponseInitOf,
  ResponseOf,
  Status,
} from "@im/wire";
import type { BroadcastReport, PushReport, PushTarget } from "../push/push-target.js";
import type { Session } from "../session/session.js";

/** What a body may be given as: what its codec takes, or its bytes as they are. */
export type BodyInit<Init> = Init | Uint8Array;

/** Pushes of the commands of a map. */
export interface Push<Map extends CommandMap> {
  /**
   * Pushes to an account, a channel or many, on any gateway. The packet is encoded once, and what is pushed by one
   * handler arrives in order where each push is awaited, or the directory and the bus lie in memory.
   *
   * @param body what the codec of the command takes, or its bytes as they are
   * @returns a report, and never rejects: what the directory or the bus could not do stands in it, and `onError` is told.
   * It need not be awaited.
   * @throws at once, before anything is sent: `IM_ERR_GATEWAY_ARGUMENT` for what is no target and for a body that is no
   * bytes without a codec, what the codec throws (of `@im/wire`: `IM_ERR_BODY_INVALID`)
   */
  <C extends CommandOf<Map>>(
    target: PushTarget,
    command: C,
    ...body: PushInitOf<Map, C> extends undefined ? [Uint8Array?] : [BodyInit<PushInitOf<Map, C>>]
  ): Promise<PushReport>;
  (target: PushTarget, command: string, body?: Uint8Array): Promise<PushReport>;
}

/** Pushes of the commands of a map to all sessions. */
export interface Broadcast<Map extends CommandMap> {
  /**
   * Pushes to all sessions of all gateways. The packet is encoded once. Sessions of this gateway have it in their queues when
   * this returns, before anything that is pushed to them later; the bus carries it to other gateways.
   *
   * @param body as in {@link Push}
   * @returns a report; the promise never rejects and need not be awaited
   * @throws at once, as {@link Push} for a body
   */
  <C extends CommandOf<Map>>(
    command: C,
    ...body: PushInitOf<Map, C> extends undefined ? [Uint8Array?] : [BodyInit<PushInitOf<Map, C>>]
  ): Promise<BroadcastReport>;
  (command: string, body?: Uint8Array): Promise<BroadcastReport>;
}

/** One request on its way through middleware to its handler. */
export interface RequestContext<Map extends CommandMap = CommandMap, Data = unknown> {
  /** Who asks: the account as it has signed in, whatever the packet says. */
  readonly session: Session<Data>;
  /** The request as it came, its body in bytes. Its strings are decoded when asked for: copy it with `createLogicPkt`. */
  readonly packet: LogicPkt;
  readonly command: string;
  readonly sequence: number;
  /** The account or group that it is for; never empty where the command needs one. */
  readonly dest: string;
  /** Aborts when the handler's time is over and when the session ends. */
  readonly signal: AbortSignal;
  /** What it was answered with; undefined until then. */
  readonly status: Status | undefined;
  /**
   * Answers with a status other than Success, and words for the peer.
   *
   * @returns whether the peer keeps up; false too when nobody is there any more to be answered
   * @throws `IM_ERR_ANSWERED`, `IM_ERR_GATEWAY_ARGUMENT` for Success
   */
  fail(status: Status, message: string): boolean;
  /** As `gateway.push`; the packet keeps sequence and dest of the request, and has the sender's channelId. */
  readonly push: Push<Map>;
}

/** A request whose body is decoded, by the command map. */
export interface TypedContext<Map extends CommandMap, C extends CommandOf<Map>, Data>
  extends RequestContext<Map, Data> {
  /** Where the map has no codec for requests: undefined, or the bytes if there are any. */
  readonly body: RequestOf<Map, C> extends undefined ? Uint8Array | undefined : RequestOf<Map, C>;
  /**
   * Answers with Success: copies command, channelId, sequence and dest of the request.
   *
   * @returns whether the peer keeps up; false too when nobody is there any more to be answered
   * @throws `IM_ERR_ANSWERED`, what the codec throws (of `@im/wire`: `IM_ERR_BODY_INVALID`), `IM_ERR_PAYLOAD_TOO_LARGE`
   */
  respond(...body: ResponseOf<Map, C> extends undefined ? [Uint8Array?] : [BodyInit<ResponseInitOf<Map, C>>]): boolean;
}

/** A request whose body is bytes. */
export interface RawContext<Map extends CommandMap, Data> extends RequestContext<Map, Data> {
  readonly body: Uint8Array;
  /** As in {@link TypedContext}, with the bytes of the body. */
  respond(body?: Uint8Array): boolean;
}

/**
 * Handles the requests of a command. It answers each, with `respond` or `fail`, before it returns or before the promise that it
 * returns resolves; any other value that it returns is ignored. A throw is answered with SystemException, and reported to
 * `onError`: its message does not reach the peer.
 */
export type TypedHandler<Map extends CommandMap, C extends CommandOf<Map>, Data> = (
  context: TypedContext<Map, C, Data>,
) => unknown;
/** As {@link TypedHandler}, without codecs. */
export type RawHandler<Map extends CommandMap, Data> = (context: RawContext<Map, Data>) => unknown;

/**
 * Runs before all handlers: calls `next(context)` and returns what that returns, or answers the request itself. It sees requests
 * of unknown commands and with bodies that do not parse too; `next` answers those.
 */
export type Middleware<Map extends CommandMap = CommandMap, Data = unknown> = (
  context: RequestContext<Map, Data>,
  next: (context: RequestContext<Map, Data>) => unknown,
) => unknown;
