import type { ConnDriver } from "../conn/conn-driver.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Address } from "../contract/address.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { Arrival, ArrivingSocket } from "./listener-driver.js";
import { type Login, loginTimeout } from "./login.js";

const NOWHERE = { host: "", port: 0 };

/** Who receives newcomers. */
export interface NewcomerHost {
  /** Its handshake is done. */
  welcome(newcomer: Newcomer, driver: ConnDriver): void;
  /** Its socket closed before that. */
  left(newcomer: Newcomer, why: RefusalReason): void;
}

/** A connection that has no id yet. It has until the end of the login wait, handshake and login together. */
export class Newcomer implements Arrival, Deadlined {
  slot: Deadlined["slot"] = undefined;
  /** Once it speaks frames. */
  conn: FramedConn | undefined;
  readonly arrivedMs = performance.now();
  readonly deadlineMs: number;
  /** When its handshake was done. */
  readyMs = Number.NaN;
  /** Why it was expelled, once it was. */
  expelledFor: RefusalReason | undefined;
  readonly #deadlines: DeadlineWheel;
  readonly #host: NewcomerHost;
  readonly #socket: ArrivingSocket;
  /** Once it has begun. */
  #login: Login | undefined;
  #isSettled = false;

  constructor(socket: ArrivingSocket, host: NewcomerHost, deadlines: DeadlineWheel, loginWaitMs: number) {
    this.#socket = socket;
    this.#host = host;
    this.#deadlines = deadlines;
    this.deadlineMs = this.arrivedMs + loginWaitMs;
  }

  /** From now on it is expelled at its deadline. */
  waits(): this {
    this.#deadlines.schedule(this);
    return this;
  }

  get remoteAddress(): Address {
    return this.#socket.remoteAddress ?? NOWHERE;
  }

  ready(driver: ConnDriver): void {
    this.readyMs = performance.now();
    this.#host.welcome(this, driver);
  }

  gone(why: RefusalReason = "handshake"): void {
    this.settle();
    this.#host.left(this, this.expelledFor ?? why);
  }

  /** Its handshake is done; now only the end of its login ends it. */
  logsIn(login: Login): void {
    this.#login = login;
  }

  /** Ends the handshake or the login, if one is under way. */
  expel(why: RefusalReason, error: unknown): void {
    if (this.#isSettled) return;
    this.expelledFor = why;
    this.settle();
    if (this.#login) this.#login.end(error);
    else this.#socket.destroy();
  }

  /** It is admitted, refused or gone: nothing is due any more. */
  settle(): void {
    this.#isSettled = true;
    this.#deadlines.remove(this);
  }

  nextDeadlineMs(): number {
    return this.#isSettled ? Number.POSITIVE_INFINITY : this.deadlineMs;
  }

  expire(): void {
    this.expel("login-timeout", loginTimeout());
  }
}
