import type { ConnDriver } from "../conn/conn-driver.js";
import type { Address } from "../contract/address.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { Arrival } from "./listener-driver.js";
import { loginTimeout } from "./login.js";

interface Stage {
  /** Ends the socket while it does not speak frames yet. */
  destroy(): void;
  ready(driver: ConnDriver): void;
  gone(why: RefusalReason): void;
}

/** A connection that has no id yet. It has until the end of the login wait, handshake and login together. */
export class Newcomer implements Arrival, Deadlined {
  slot: Deadlined["slot"] = undefined;
  readonly remoteAddress: Address;
  readonly arrivedMs = performance.now();
  readonly deadlineMs: number;
  /** When its handshake was done. */
  readyMs = Number.NaN;
  /** Why it was expelled, once it was. */
  expelledFor: RefusalReason | undefined;
  readonly #deadlines: DeadlineWheel;
  readonly #stage: Stage;
  /** Ends what it is doing; undefined once nothing is to be ended any more. */
  #end: ((why: unknown) => void) | undefined;

  constructor(deadlines: DeadlineWheel, loginWaitMs: number, remoteAddress: Address, stage: Stage) {
    this.remoteAddress = remoteAddress;
    this.deadlineMs = this.arrivedMs + loginWaitMs;
    this.#deadlines = deadlines;
    this.#stage = stage;
    this.#end = stage.destroy;
    deadlines.schedule(this);
  }

  ready(driver: ConnDriver): void {
    this.readyMs = performance.now();
    this.#stage.ready(driver);
  }

  gone(why: RefusalReason = "handshake"): void {
    this.settle();
    this.#stage.gone(this.expelledFor ?? why);
  }

  /** The login has begun; this is how it is ended. */
  logsIn(abort: (why: unknown) => void): void {
    this.#end = abort;
  }

  /** Ends the handshake or the login, if one is under way. */
  expel(why: RefusalReason, error: unknown): void {
    const end = this.#end;
    if (!end) return;
    this.expelledFor = why;
    this.settle();
    end(error);
  }

  /** It is admitted, refused or gone: nothing is due any more. */
  settle(): void {
    this.#end = undefined;
    this.#deadlines.remove(this);
  }

  nextDeadlineMs(): number {
    return this.#end ? this.deadlineMs : Number.POSITIVE_INFINITY;
  }

  expire(): void {
    this.expel("login-timeout", loginTimeout());
  }
}
