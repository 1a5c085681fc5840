import type { ConnDriver } from "../conn/conn-driver.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Address } from "../contract/address.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { Handshake, IncomingSocket } from "./listener-driver.js";
import { type Login, loginTimeout } from "./login.js";

const NOWHERE = { host: "", port: 0 };

/** What is called when the handshake of a pending connection has ended. */
export interface PendingConnectionOwner {
  /** The handshake is done, and the connection speaks frames. */
  handshakeDone(pending: PendingConnection, driver: ConnDriver): void;
  /** The socket closed before that, or the handshake was refused. */
  handshakeFailed(pending: PendingConnection, why: RefusalReason): void;
}

/** A connection that has no id yet. It has until the end of the login wait, handshake and login together. */
export class PendingConnection implements Handshake, Deadlined {
  slot: Deadlined["slot"] = undefined;
  /** Set when the handshake is done. */
  conn: FramedConn | undefined;
  readonly acceptedMs = performance.now();
  readonly deadlineMs: number;
  handshakeDoneMs = Number.NaN;
  /** Why the server ended it, once it did. */
  rejectedFor: RefusalReason | undefined;
  readonly #deadlines: DeadlineWheel;
  readonly #owner: PendingConnectionOwner;
  readonly #socket: IncomingSocket;
  /** Set when the login has begun. */
  #login: Login | undefined;
  #isSettled = false;

  constructor(socket: IncomingSocket, owner: PendingConnectionOwner, deadlines: DeadlineWheel, loginWaitMs: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.deadlineMs = this.acceptedMs + loginWaitMs;
  }

  /** From now on the deadline ends it. */
  startDeadline(): this {
    this.#deadlines.schedule(this);
    return this;
  }

  get remoteAddress(): Address {
    return this.#socket.remoteAddress ?? NOWHERE;
  }

  done(driver: ConnDriver): void {
    this.handshakeDoneMs = performance.now();
    this.#owner.handshakeDone(this, driver);
  }

  failed(why: RefusalReason = "handshake"): void {
    this.settle();
    this.#owner.handshakeFailed(this, this.rejectedFor ?? why);
  }

  /** The handshake is done; from now on it ends with its login. */
  startLogin(login: Login): void {
    this.#login = login;
  }

  /** Ends the handshake or the login, if one is under way. */
  reject(why: RefusalReason, error: unknown): void {
    if (this.#isSettled) return;
    this.rejectedFor = why;
    this.settle();
    if (this.#login) this.#login.end(error);
    else this.#socket.destroy();
  }

  /** It is admitted, refused or closed: it has no deadline any more. */
  settle(): void {
    this.#isSettled = true;
    this.#deadlines.remove(this);
  }

  nextDeadlineMs(): number {
    return this.#isSettled ? Number.POSITIVE_INFINITY : this.deadlineMs;
  }

  expire(): void {
    this.reject("login-timeout", loginTimeout());
  }
}
