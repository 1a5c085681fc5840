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
import type { BroadcastReport, PushHeader, PushReport, PushTarget } from "../push/push-target.js";
import type { Session } from "../session/session.js";

/** A body: a value that its codec encodes, or bytes that are sent as they are. */
export type BodyInit<Init> = Init | Uint8Array;

/** Pushes of the commands of a map. */
export interface Push<Map extends CommandMap> {
  /**
   * Pushes to an account, a channel or many, on any gateway. The packet is encoded once. The pushes of one handler arrive in
   * order if it awaits each, or if directory and bus are in memory.
   *
   * @param body a value for the codec of the command, or bytes; the bytes are copied before this returns. A {@link PushHeader}
   * may follow.
   * @returns a report; the promise never rejects and need not be awaited. Failures of the directory and the bus stand in the
   * report, and are reported to `onError`.
   * @throws synchronously, before anything is sent: `IM_ERR_GATEWAY_ARGUMENT` for an invalid target, and for a body that is
   * not bytes if the command has no codec; what the codec throws (of `@im/wire`: `IM_ERR_BODY_INVALID`);
   * `IM_ERR_PACKET_INVALID` for a dest that is no text
   */
  <C extends CommandOf<Map>>(
    target: PushTarget,
    command: C,
    ...body: PushInitOf<Map, C> extends undefined
      ? [Uint8Array?, PushHeader?]
      : [BodyInit<PushInitOf<Map, C>>, PushHeader?]
  ): Promise<PushReport>;
  (target: PushTarget, command: string, body?: Uint8Array, header?: PushHeader): Promise<PushReport>;
}

/** Pushes of the commands of a map to all sessions. */
export interface Broadcast<Map extends CommandMap> {
  /**
   * Pushes to all sessions of all gateways. The packet is encoded once. Sessions of this gateway get it within the next turns
   * of the event loop, each before anything that is pushed to it later; the bus carries it to other gateways.
   *
   * @param body as in {@link Push}
   * @returns a report, when all sessions of this gateway have it in their queues; the promise never rejects and need not be
   * awaited
   * @throws synchronously, as {@link Push} does for a body
   */
  <C extends CommandOf<Map>>(
    command: C,
    ...body: PushInitOf<Map, C> extends undefined ? [Uint8Array?] : [BodyInit<PushInitOf<Map, C>>]
  ): Promise<BroadcastReport>;
  (command: string, body?: Uint8Array): Promise<BroadcastReport>;
}

/** One request on its way through middleware to its handler. */
export interface RequestContext<Map extends CommandMap = CommandMap, Data = unknown> {
  /** The session that sent the request. Its account is the one that signed in, whatever the packet says. */
  readonly session: Session<Data>;
  /** The request as it was received, its body in bytes. Strings are decoded on access: copy it with `createLogicPkt`. */
  readonly packet: LogicPkt;
  readonly command: string;
  readonly sequence: number;
  /** The account or group that the request is for; not empty if the command map says `needsDest`. */
  readonly dest: string;
  /** Aborts when the handler times out and when the session ends. */
  readonly signal: AbortSignal;
  /** The status of the response; undefined until there is one. */
  readonly status: Status | undefined;
  /**
   * Answers with a status other than Success, and a message that the peer can read.
   *
   * @returns false if the peer reads too slowly, or if the connection has ended
   * @throws `IM_ERR_ANSWERED`, `IM_ERR_GATEWAY_ARGUMENT` for Success
   */
  fail(status: Status, message: string): boolean;
  /** As `gateway.push`, but the packet has the sequence and dest of the request and the sender's channelId. */
  readonly push: Push<Map>;
}

/** A request whose body is decoded, by the command map. */
export interface TypedContext<Map extends CommandMap, C extends CommandOf<Map>, Data>
  extends RequestContext<Map, Data> {
  /** The decoded body. If the map has no codec for it: the bytes, or undefined if there are none. */
  readonly body: RequestOf<Map, C> extends undefined ? Uint8Array | undefined : RequestOf<Map, C>;
  /**
   * Answers with Success. The response has the command, channelId, sequence and dest of the request.
   *
   * @returns false if the peer reads too slowly, or if the connection has ended
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
