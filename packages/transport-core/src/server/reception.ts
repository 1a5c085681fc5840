import { FramedChannel } from "../channel/framed-channel.js";
import type { ReadLoopOwner } from "../channel/read-loop.js";
import type { ConnDriver } from "../conn/conn-driver.js";
import { closedError } from "../conn/conn-errors.js";
import type { ConnSettings } from "../conn/conn-settings.js";
import { FramedConn } from "../conn/framed-conn.js";
import { Waiters } from "../conn/waiters.js";
import type { Accepted, Acceptor } from "../contract/acceptor.js";
import type { Channel } from "../contract/channel.js";
import type { ChannelMap } from "../contract/channel-map.js";
import { CloseCode } from "../contract/close-code.js";
import type { Conn } from "../contract/conn.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { StateListener } from "../contract/state-listener.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { DeadlineWheel } from "../deadline/deadline-wheel.js";
import { createServerChannel, observeListener } from "../diagnostics/observed-channel.js";
import type { ErrorContext } from "../error-reporter.js";
import { type CloseInfo, TransportError } from "../errors.js";
import { randomId } from "../internal/random-id.js";
import { ConnectionLimits } from "../limits/connection-limits.js";
import type { AcceptSink, Arrival, ArrivingSocket } from "./listener-driver.js";
import { Login, refusalOf, refusalReasonOf } from "./login.js";
import { Newcomer, type NewcomerHost } from "./newcomer.js";
import type { resolveServerOptions } from "./server-options.js";

/** The parts of the application that a server calls, and where it keeps its channels. */
export interface Application {
  acceptor: Acceptor | undefined;
  messageListener: MessageListener | undefined;
  stateListener: StateListener | undefined;
  channelMap: ChannelMap;
  /** How long the peers of channels to come may be silent. */
  readWaitMs: number;
}

export type ServerSettings = ReturnType<typeof resolveServerOptions> & { readonly deadlines: DeadlineWheel };

const NOWHERE = { host: "", port: 0 };

/** The way of every connection of a server: from an accepted socket through the login to a channel, and to its end. */
export class Reception implements AcceptSink, NewcomerHost, ReadLoopOwner<FramedChannel> {
  /** Whether sockets are taken at all. */
  isOpen = false;
  /** Those who have no id yet. */
  readonly newcomers = new Set<Newcomer>();
  /** Until the StateListener is done with their end. */
  readonly channels = new Set<FramedChannel>();
  readonly #settings: ServerSettings & ConnSettings;
  readonly #application: Application;
  readonly #limits: ConnectionLimits;
  /** The logins that are under way. */
  readonly #logins = new Map<Conn, Login>();
  /** The addresses that connections were counted for, where their own differ: with TLS on a socket that is reset already. */
  readonly #countedFor = new WeakMap<Conn, string>();
  readonly #emptied = new Waiters<void>();

  constructor(settings: ServerSettings, application: Application) {
    this.#settings = { ...settings, ended: (conn, info) => this.#connEnded(conn, info) };
    this.#application = application;
    this.#limits = new ConnectionLimits(settings);
  }

  arrive(socket: ArrivingSocket): Arrival | undefined {
    const { remoteAddress = NOWHERE } = socket;
    const why = this.isOpen ? this.#limits.admit(remoteAddress.host) : "shutting-down";
    if (why) {
      this.#turnAway(socket, why);
      return undefined;
    }
    this.#settings.hooks.accepted?.(remoteAddress);
    const { deadlines, loginWaitMs } = this.#settings;
    const newcomer = new Newcomer(socket, this, deadlines, loginWaitMs);
    // Nobody waits for who is let in at once.
    if (!socket.speak || this.#application.acceptor) this.newcomers.add(newcomer.waits());
    if (!socket.speak) return newcomer;
    newcomer.ready(socket.speak());
    return undefined;
  }

  /** Whether a channel was let in here. */
  owns(channel: Channel): channel is FramedChannel {
    return channel instanceof FramedChannel && channel.settings === this.#settings;
  }

  left(newcomer: Newcomer, why: RefusalReason): void {
    this.newcomers.delete(newcomer);
    this.#limits.release(newcomer.remoteAddress.host);
    this.#tellRefused(newcomer, why);
  }

  #turnAway(socket: ArrivingSocket, why: RefusalReason): void {
    this.#settings.hooks.refused?.(why, socket.remoteAddress ?? NOWHERE);
    const reason = `the server takes no more connections: ${why}`;
    if (socket.refuse) socket.refuse({ why, closeCode: CloseCode.TryAgainLater, reason });
    else socket.destroy();
  }

  failed(error: unknown, during: "listen" | "upgrade" = "listen"): void {
    this.#report(error, { during });
  }

  welcome(newcomer: Newcomer, driver: ConnDriver): void {
    const conn = new FramedConn(driver, this.#settings);
    const { host } = newcomer.remoteAddress;
    if (conn.remoteAddress.host !== host) this.#countedFor.set(conn, host);
    if (newcomer.expelledFor) {
      // Its socket was destroyed while the handshake was under way.
      this.newcomers.delete(newcomer);
      this.#tellRefused(newcomer, newcomer.expelledFor);
      conn.destroy();
      return;
    }
    newcomer.conn = conn;
    const { acceptor } = this.#application;
    if (acceptor) void this.#logIn(conn, newcomer, acceptor);
    else this.#admit(conn, newcomer, { id: randomId() });
  }

  async #logIn(conn: FramedConn, newcomer: Newcomer, acceptor: Acceptor): Promise<void> {
    const login = new Login(newcomer.deadlineMs);
    newcomer.logsIn(login);
    this.#logins.set(conn, login);
    let accepted: Accepted;
    try {
      accepted = await login.run(conn, acceptor);
      login.throwIfEnded();
    } catch (error) {
      const { closeCode, reason } = refusalOf(error);
      this.#report(error, { during: "accept" });
      login.end(error);
      this.#refuse(conn, newcomer, newcomer.expelledFor ?? refusalReasonOf(error), closeCode, reason);
      return;
    } finally {
      this.#logins.delete(conn);
    }
    this.#admit(conn, newcomer, accepted);
  }

  #refuse(conn: FramedConn, newcomer: Newcomer, why: RefusalReason, closeCode: number, reason: string): void {
    newcomer.settle();
    this.newcomers.add(newcomer);
    this.#tellRefused(newcomer, why);
    void conn.dismiss(closeCode, reason).then(() => this.newcomers.delete(newcomer));
  }

  #tellRefused({ remoteAddress }: Newcomer, why: RefusalReason): void {
    this.#settings.hooks.refused?.(why, remoteAddress);
  }

  #admit(conn: FramedConn, newcomer: Newcomer, accepted: Accepted): void {
    const { id } = accepted;
    const { channelMap, messageListener, readWaitMs } = this.#application;
    const { hooks } = this.#settings;
    const channel = createServerChannel(accepted, conn, this.#settings, hooks);
    channel.setReadWait(readWaitMs);
    // A deadline of the login does not outlive it; the read loop sets its own for reading.
    channel.setWriteDeadline(Number.POSITIVE_INFINITY);
    try {
      if (!channelMap.add(channel)) {
        const error = new TransportError("IM_ERR_DUPLICATE_ID", "channel id is repeated");
        this.#report(error, { during: "accept", channelId: id });
        this.#refuse(conn, newcomer, "duplicate-id", CloseCode.PolicyViolation, error.message);
        return;
      }
    } catch (error) {
      this.#report(error, { during: "channel map", channelId: id });
      this.#refuse(conn, newcomer, "login-failed", CloseCode.InternalError, "internal error");
      return;
    }
    newcomer.settle();
    this.newcomers.delete(newcomer);
    const { arrivedMs, readyMs } = newcomer;
    hooks.opened?.(channel.agent, readyMs - arrivedMs, performance.now() - readyMs);
    this.channels.add(channel);
    try {
      channel.read(observeListener(messageListener!, hooks), this);
    } catch (error) {
      // The Acceptor left a read behind.
      this.#report(error, { during: "accept", channelId: id });
      void channel.close(CloseCode.InternalError, "internal error");
      void channel.closed.then((info) => this.readEnded(channel, info));
    }
  }

  /** Resolves when there is no channel any more. */
  async emptied(): Promise<void> {
    if (this.channels.size > 0) await this.#emptied.wait();
  }

  async readEnded(channel: FramedChannel, info: CloseInfo): Promise<void> {
    // Never within the call that ended it, which may be a push of the application.
    await undefined;
    const { channelMap, stateListener } = this.#application;
    try {
      const current = channelMap.get(channel.id);
      // The id may have been freed by hand, and taken again since.
      const isTaken = current instanceof FramedChannel && current !== channel;
      if (!isTaken) channelMap.remove(channel.id);
    } catch (error) {
      this.#report(error, { during: "channel map", channelId: channel.id });
    }
    this.#settings.hooks.closed?.(channel.agent, info);
    try {
      await stateListener?.disconnect(channel.id, info);
    } catch (error) {
      this.#report(error, { during: "disconnect", channelId: channel.id });
    }
    this.channels.delete(channel);
    if (this.channels.size === 0) this.#emptied.resolve();
  }

  #connEnded(conn: Conn, info: CloseInfo): void {
    this.#limits.release(this.#countedFor.get(conn) ?? conn.remoteAddress.host);
    this.#logins.get(conn)?.end(closedError(info));
  }

  #report(error: unknown, context: ErrorContext): void {
    this.#settings.onError(error, context);
  }
}
