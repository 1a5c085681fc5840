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
import type { AcceptSink, Handshake, IncomingSocket } from "./listener-driver.js";
import { Login, refusalOf, refusalReasonOf } from "./login.js";
import { PendingConnection, type PendingConnectionOwner } from "./pending-connection.js";
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

/** Lets connections in: from an accepted socket through handshake and login to a channel, and to its end. */
export class Admission implements AcceptSink, PendingConnectionOwner, ReadLoopOwner<FramedChannel> {
  /** Whether the server accepts connections. */
  isOpen = false;
  /** Connections that have no id yet. */
  readonly pendingConnections = new Set<PendingConnection>();
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

  accepted(socket: IncomingSocket): Handshake | undefined {
    const { remoteAddress = NOWHERE } = socket;
    const why = this.isOpen ? this.#limits.admit(remoteAddress.host) : "shutting-down";
    if (why) {
      this.#reject(socket, why);
      return undefined;
    }
    this.#settings.hooks.accepted?.(remoteAddress);
    const { deadlines, loginWaitMs } = this.#settings;
    const pending = new PendingConnection(socket, this, deadlines, loginWaitMs);
    // Without handshake and login the connection is let in at once.
    if (!socket.startFrames || this.#application.acceptor) this.pendingConnections.add(pending.startDeadline());
    if (!socket.startFrames) return pending;
    pending.done(socket.startFrames());
    return undefined;
  }

  /** Whether a channel was let in here. */
  owns(channel: Channel): channel is FramedChannel {
    return channel instanceof FramedChannel && FramedChannel.settingsOf(channel) === this.#settings;
  }

  handshakeFailed(pending: PendingConnection, why: RefusalReason): void {
    this.pendingConnections.delete(pending);
    this.#limits.release(pending.remoteAddress.host);
    this.#tellRefused(pending, why);
  }

  #reject(socket: IncomingSocket, why: RefusalReason): void {
    this.#settings.hooks.refused?.(why, socket.remoteAddress ?? NOWHERE);
    const reason = `the server takes no more connections: ${why}`;
    if (socket.refuse) socket.refuse({ why, closeCode: CloseCode.TryAgainLater, reason });
    else socket.destroy();
  }

  failed(error: unknown, during: "listen" | "upgrade" = "listen"): void {
    this.#report(error, { during });
  }

  handshakeDone(pending: PendingConnection, driver: ConnDriver): void {
    const conn = new FramedConn(driver, this.#settings);
    const { host } = pending.remoteAddress;
    if (conn.remoteAddress.host !== host) this.#countedFor.set(conn, host);
    if (pending.rejectedFor) {
      // Its socket was destroyed while the handshake was under way.
      this.pendingConnections.delete(pending);
      this.#tellRefused(pending, pending.rejectedFor);
      conn.destroy();
      return;
    }
    pending.conn = conn;
    const { acceptor } = this.#application;
    if (acceptor) void this.#logIn(conn, pending, acceptor);
    else this.#admit(conn, pending, { id: randomId() });
  }

  async #logIn(conn: FramedConn, pending: PendingConnection, acceptor: Acceptor): Promise<void> {
    const login = new Login(pending.deadlineMs);
    pending.startLogin(login);
    this.#logins.set(conn, login);
    let accepted: Accepted;
    try {
      accepted = await login.run(conn, acceptor);
      login.throwIfEnded();
    } catch (error) {
      const { closeCode, reason } = refusalOf(error);
      this.#report(error, { during: "accept" });
      login.end(error);
      this.#refuse(conn, pending, pending.rejectedFor ?? refusalReasonOf(error), closeCode, reason);
      return;
    } finally {
      this.#logins.delete(conn);
    }
    this.#admit(conn, pending, accepted);
  }

  #refuse(conn: FramedConn, pending: PendingConnection, why: RefusalReason, closeCode: number, reason: string): void {
    pending.settle();
    this.pendingConnections.add(pending);
    this.#tellRefused(pending, why);
    void conn.dismiss(closeCode, reason).then(() => this.pendingConnections.delete(pending));
  }

  #tellRefused({ remoteAddress }: PendingConnection, why: RefusalReason): void {
    this.#settings.hooks.refused?.(why, remoteAddress);
  }

  #admit(conn: FramedConn, pending: PendingConnection, accepted: Accepted): void {
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
        this.#refuse(conn, pending, "duplicate-id", CloseCode.PolicyViolation, error.message);
        return;
      }
    } catch (error) {
      this.#report(error, { during: "channel map", channelId: id });
      this.#refuse(conn, pending, "login-failed", CloseCode.InternalError, "internal error");
      return;
    }
    pending.settle();
    this.pendingConnections.delete(pending);
    const { acceptedMs, handshakeDoneMs } = pending;
    hooks.opened?.(FramedChannel.agentOf(channel), handshakeDoneMs - acceptedMs, performance.now() - handshakeDoneMs);
    this.channels.add(channel);
    try {
      FramedChannel.start(channel, observeListener(messageListener!, hooks), this);
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
    this.#settings.hooks.closed?.(FramedChannel.agentOf(channel), info);
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
