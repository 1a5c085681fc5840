import { FramedChannel } from "../channel/framed-channel.js";
import type { ConnDriver } from "../conn/conn-driver.js";
import { closedError } from "../conn/conn-errors.js";
import type { ConnSettings } from "../conn/conn-settings.js";
import { FramedConn } from "../conn/framed-conn.js";
import type { Accepted, Acceptor } from "../contract/acceptor.js";
import type { Address } from "../contract/address.js";
import { CloseCode } from "../contract/close-code.js";
import type { Conn } from "../contract/conn.js";
import type { HandshakeInfo } from "../contract/handshake-info.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import { type CloseInfo, TransportError } from "../errors.js";
import { randomId } from "../internal/random-id.js";
import { ConnectionLimits } from "../limits/connection-limits.js";
import { isPrivateAddress } from "../limits/private-address.js";
import type { Application } from "./application.js";
import { DrainingSet } from "./draining-set.js";
import type { AcceptSink, Handshake, IncomingSocket, Refusal } from "./listener-driver.js";
import { type LoginRefusal, refusalOf } from "./login-refusal.js";
import { NO_ADDRESS, PendingConnection } from "./pending-connection.js";
import { ServerChannels } from "./server-channels.js";
import type { ServerSettings } from "./server-options.js";

/** Of a transport without a handshake. */
const NO_INFO: HandshakeInfo = /* @__PURE__ */ Object.freeze({ request: undefined, tls: undefined });

/**
 * Lets connections in, from an accepted socket to a channel. The states of a connection, and the hook of each:
 *
 * | state     | hook       | ends when                                      | then             |
 * | --------- | ---------- | ---------------------------------------------- | ---------------- |
 * | handshake | `accepted` | TLS and HTTP upgrade are done, or one fails    | login or refused |
 * | login     |            | the Acceptor gives an id or throws             | open or refused  |
 * | open      | `opened`   | the socket is closed, and all messages read    | closed           |
 * | closed    | `closed`   |                                                |                  |
 * | refused   | `refused`  |                                                |                  |
 *
 * A socket beyond the limits is refused before its handshake. The end of the login wait, a shutdown, and a peer that
 * leaves end handshake and login: refused. So of the sockets within the limits `accepted` = `opened` + `refused`, and
 * `opened` = `closed`.
 */
export class Admission implements AcceptSink {
  /** Whether the server accepts connections. */
  isOpen = false;
  /** Connections in their handshake or login, and those whose refusal has not left yet. */
  readonly pendingConnections = new DrainingSet<PendingConnection>();
  readonly channels: ServerChannels;
  readonly #settings: ServerSettings & ConnSettings;
  readonly #application: Application;
  readonly #limits: ConnectionLimits;
  /** Whether the advice on a proxy was given. */
  #hasAdvised = false;
  /** Connections in their login. */
  readonly #logins = new Map<Conn, PendingConnection>();
  /** The hosts that connections were counted for, where their own differ, as on a Unix domain socket. */
  readonly #countedFor = new WeakMap<Conn, string>();

  constructor(settings: ServerSettings, application: Application) {
    this.#settings = { ...settings, ended: (conn, info) => this.#connEnded(conn, info) };
    this.#application = application;
    this.#limits = new ConnectionLimits(settings);
    this.channels = new ServerChannels(this.#settings, application);
  }

  accepted(socket: IncomingSocket): Handshake | undefined {
    const { remoteAddress = NO_ADDRESS, isProxy = false } = socket;
    const { deadlines, loginWaitMs } = this.#settings;
    const why = this.isOpen ? this.#limits.admit(isProxy ? "" : remoteAddress.host) : "shutting-down";
    if (why) {
      const refusal = this.#refuseSocket(why, remoteAddress);
      if (socket.refuse) socket.refuse(refusal);
      else socket.destroy();
      return undefined;
    }
    const pending = new PendingConnection(socket, deadlines, loginWaitMs);
    this.pendingConnections.add(pending);
    if (!isProxy) this.#reportAccepted(pending);
    return {
      identify: (client) => this.#identify(pending, client),
      done: (driver, info = NO_INFO) => this.#handshakeDone(pending, driver, info),
      failed: (why) => this.#handshakeFailed(pending, why ?? pending.rejectedFor ?? "handshake"),
    };
  }

  /** A limit or a shutdown refuses a socket before its handshake is done. */
  #refuseSocket(why: RefusalReason, remoteAddress: Address): Refusal {
    this.#settings.hooks.refused?.(why, remoteAddress);
    if (why === "max-connections-per-address") this.#adviseOnProxy(remoteAddress);
    const reason = `the server takes no more connections: ${why}`;
    return { why, closeCode: CloseCode.TryAgainLater, reason };
  }

  /** An address that no client on the internet has may be that of a proxy, and then its clients lock each other out. */
  #adviseOnProxy({ host }: Address): void {
    if (this.#hasAdvised || !isPrivateAddress(host)) return;
    this.#hasAdvised = true;
    const { maxConnectionsPerAddress } = this.#settings;
    const words = `${host} has reached maxConnectionsPerAddress (${maxConnectionsPerAddress}); if it is a proxy, list it in trustedProxies and let it name its clients, so that the limit is for each of them`;
    this.failed(new TransportError("IM_ERR_INVALID_OPTION", words));
  }

  failed(error: unknown, during: "listen" | "handshake" | "upgrade" = "listen"): void {
    this.#settings.onError(error, { during });
  }

  #reportAccepted(pending: PendingConnection): void {
    if (pending.isReported) return;
    pending.isReported = true;
    this.#settings.hooks.accepted?.(pending.remoteAddress);
  }

  #identify(pending: PendingConnection, client: Address | undefined): Refusal | undefined {
    const { host } = client ?? NO_ADDRESS;
    const why = this.#limits.admitAddress(host);
    if (!why) {
      pending.identify(client);
      this.#reportAccepted(pending);
      return undefined;
    }
    pending.settle();
    this.pendingConnections.delete(pending);
    this.#limits.release(pending.countedHost);
    return this.#refuseSocket(why, client ?? NO_ADDRESS);
  }

  #handshakeFailed(pending: PendingConnection, why: RefusalReason): void {
    this.#reportAccepted(pending);
    pending.settle();
    this.pendingConnections.delete(pending);
    this.#limits.release(pending.countedHost);
    this.#refused(pending, why);
  }

  #handshakeDone(pending: PendingConnection, driver: ConnDriver, info: HandshakeInfo): void {
    const conn = new FramedConn(driver, this.#settings);
    const { countedHost } = pending;
    if (conn.remoteAddress.host !== countedHost) this.#countedFor.set(conn, countedHost);
    this.#reportAccepted(pending);
    if (pending.rejectedFor) {
      // The server destroyed the socket when the listener was about to report this.
      this.pendingConnections.delete(pending);
      this.#refused(pending, pending.rejectedFor);
      conn.destroy();
      return;
    }
    pending.handshakeDone(conn);
    const { acceptor } = this.#application;
    if (acceptor) void this.#logIn(pending, conn, acceptor, info);
    else this.#open(pending, conn, { id: randomId() });
  }

  async #logIn(pending: PendingConnection, conn: FramedConn, acceptor: Acceptor, info: HandshakeInfo): Promise<void> {
    this.#logins.set(conn, pending);
    let accepted: Accepted;
    try {
      accepted = await pending.logIn(conn, acceptor, info);
      pending.throwIfLoginEnded();
    } catch (error) {
      this.#settings.onError(error, { during: "accept" });
      pending.endLogin(error);
      this.#refuse(pending, conn, refusalOf(error));
      return;
    } finally {
      this.#logins.delete(conn);
    }
    this.#open(pending, conn, accepted);
  }

  #open(pending: PendingConnection, conn: FramedConn, accepted: Accepted): void {
    const channel = this.channels.create(accepted, conn);
    const refusal = this.#addToMap(channel);
    if (refusal) {
      this.#refuse(pending, conn, refusal);
      return;
    }
    pending.settle();
    this.pendingConnections.delete(pending);
    const { acceptedMs, handshakeDoneMs } = pending;
    const loginMs = performance.now() - handshakeDoneMs;
    this.#settings.hooks.opened?.(FramedChannel.agentOf(channel), handshakeDoneMs - acceptedMs, loginMs);
    this.channels.open(channel);
  }

  /** @returns why not, if the ChannelMap does not take it */
  #addToMap(channel: FramedChannel): LoginRefusal | undefined {
    const { onError } = this.#settings;
    const channelId = channel.id;
    try {
      if (this.#application.channelMap.add(channel)) return undefined;
    } catch (error) {
      onError(error, { during: "channel map", channelId });
      return { why: "login-failed", closeCode: CloseCode.InternalError, reason: "internal error" };
    }
    const error = new TransportError("IM_ERR_DUPLICATE_ID", "channel id is repeated");
    onError(error, { during: "accept", channelId });
    return { why: "duplicate-id", closeCode: CloseCode.PolicyViolation, reason: error.message };
  }

  #refuse(pending: PendingConnection, conn: FramedConn, { why, closeCode, reason }: LoginRefusal): void {
    pending.settle();
    this.#refused(pending, pending.rejectedFor ?? why);
    void conn.close(closeCode, reason, "dismissed").then(() => this.pendingConnections.delete(pending));
  }

  #refused({ remoteAddress }: PendingConnection, why: RefusalReason): void {
    this.#settings.hooks.refused?.(why, remoteAddress);
  }

  #connEnded(conn: Conn, info: CloseInfo): void {
    this.#limits.release(this.#countedFor.get(conn) ?? conn.remoteAddress.host);
    this.#logins.get(conn)?.endLogin(closedError(info));
  }
}
