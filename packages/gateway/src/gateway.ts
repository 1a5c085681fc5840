import type { AbortOptions, Server, ShutdownOptions, ShutdownReport } from "@im/transport-core";
import type { CommandMap, CommandOf } from "@im/wire";
import type { Presence } from "./presence/presence.js";
import type { AnnouncementListener } from "./push/announcements.js";
import type { PushGapListener } from "./push/push-gaps.js";
import type { KickReport, PushTarget } from "./push/push-target.js";
import type { Broadcast, Middleware, Push, RawHandler, TypedHandler } from "./routing/context.js";
import type { Sessions } from "./session/open-sessions.js";

/** The server side of the packet protocol: login, sessions, routing, pushing and kick-out over any transports. */
export interface Gateway<Map extends CommandMap, Data> extends AsyncDisposable {
  /** New with each `createGateway`, so that sessions of a gateway that has ended are never mistaken for this one's. */
  readonly id: string;
  /** The servers of the options. */
  readonly servers: readonly Server[];
  readonly presence: Pick<Presence, "where" | "online" | "on">;
  /**
   * Sets the handler of a command of the command map; bodies are decoded. Call it before `start`.
   *
   * @throws `IM_ERR_GATEWAY_ARGUMENT` for a command that is handled already or not in the map, `IM_ERR_GATEWAY_STATE`
   */
  handle<C extends CommandOf<Map>>(command: C, handler: TypedHandler<Map, C, Data>): this;
  /** Sets the handler of any command; bodies are bytes. Call it before `start`. @throws as `handle` */
  handleRaw(command: string, handler: RawHandler<Map, Data>): this;
  /** Adds middleware before all handlers, the first outermost. Call it before `start`. @throws `IM_ERR_GATEWAY_STATE` */
  use(middleware: Middleware<Map, Data>): this;
  /**
   * Confirms an extension of the application to clients that name it, in `session.extensions` and in the answer to their
   * sign-in. Call it before `start`. @throws `IM_ERR_GATEWAY_ARGUMENT` for an empty name, `IM_ERR_GATEWAY_STATE`
   */
  confirmExtension(name: string): this;
  /** Pushes without a request: the packet has sequence 0, no channelId, and no dest unless you give one. */
  readonly push: Push<Map>;
  /** Pushes to every session of every gateway, as {@link push} does to some. */
  readonly broadcast: Broadcast<Map>;
  /**
   * Tells the other gateways of the bus something, each at most once. No session gets it.
   *
   * @returns resolves when it is on its way
   * @throws what the bus throws, `IM_ERR_PORT_TIMEOUT`
   */
  announce(topic: string, body?: Uint8Array): Promise<void>;
  /**
   * Calls a listener with what other gateways {@link announce} under this topic, as soon as this one has started. What a listener
   * throws, or rejects with, is reported to `onError` (`during: "bus"`).
   *
   * @returns a function that removes the listener
   */
  onAnnouncement(topic: string, listener: AnnouncementListener): () => void;
  /**
   * Calls a listener when pushes to sessions of this gateway may have been lost unseen: the directory had lost these sessions, so
   * others did not find them, or the bus did not bring what others published. An application that stores what it pushes
   * pushes it again. What a listener throws, or rejects with, is reported to `onError` (`during: "bus"`).
   *
   * @returns a function that removes the listener
   */
  onPushGap(listener: PushGapListener): () => void;
  /**
   * Ends the sessions of a target, on any gateway: each gets the push `login.signin` with a KickoutNotify, then Close 4001,
   * after which clients do not come back by themselves. It is no ban: `authenticate` decides about later sign-ins. The directory
   * finds a session until its connection has closed.
   *
   * @param reason of the Close, at most 123 bytes of UTF-8
   * @returns a report; the promise never rejects and need not be awaited
   * @throws synchronously: `IM_ERR_GATEWAY_ARGUMENT` for an invalid target, and for a reason that is too long
   */
  kick(target: PushTarget, reason: string): Promise<KickReport>;
  /** The sessions of this gateway, on all its servers. */
  sessions(): Sessions<Data>;
  /**
   * Joins the bus and the directory, then starts all servers. If one cannot start, all are shut down: create new ones.
   *
   * @throws what the servers and ports throw, `IM_ERR_GATEWAY_STATE` if it was started before
   */
  start(options?: AbortOptions): Promise<void>;
  /**
   * Shuts all servers down, as `Server.shutdown`, then leaves the bus and the directory. Later calls join the first, and
   * their signals cut as well.
   *
   * @param options `connectionsPerSecond` is for all servers together, an equal share for each
   * @returns the sum over all servers
   * @throws `IM_ERR_INVALID_OPTION`
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}
