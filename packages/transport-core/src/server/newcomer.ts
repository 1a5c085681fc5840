import type { ConnDriver } from "../conn/conn-driver.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { Arrival } from "./listener-driver.js";
import { loginTimeout } from "./login.js";

interface Stage {
  /** Ends the socket while it does not speak frames yet. */
  destroy(): void;
  ready(driver: ConnDriver): void;
  gone(): void;
}

/** A connection that has no id yet. It has until the end of the login wait, handshake and login together. */
export class Newcomer implements Arrival, Deadlined {
  slot: Deadlined["slot"] = undefined;
  readonly deadlineMs: number;
  readonly #deadlines: DeadlineWheel;
  readonly #stage: Stage;
  /** Ends what it is doing; undefined once nothing is to be ended any more. */
  #expel: ((why: unknown) => void) | undefined;

  constructor(deadlines: DeadlineWheel, loginWaitMs: number, stage: Stage) {
    this.deadlineMs = performance.now() + loginWaitMs;
    this.#deadlines = deadlines;
    this.#stage = stage;
    this.#expel = stage.destroy;
    deadlines.schedule(this);
  }

  get isSettled(): boolean {
    return this.#expel === undefined;
  }

  ready(driver: ConnDriver): void {
    this.#stage.ready(driver);
  }

  gone(): void {
    this.settle();
    this.#stage.gone();
  }

  /** The login has begun; this is how it is ended. */
  logsIn(abort: (why: unknown) => void): void {
    this.#expel = abort;
  }

  /** Ends the handshake or the login, if one is under way. */
  expel(why: unknown): void {
    const expel = this.#expel;
    this.settle();
    expel?.(why);
  }

  /** It is admitted, refused or gone: nothing is due any more. */
  settle(): void {
    this.#expel = undefined;
    this.#deadlines.remove(this);
  }

  nextDeadlineMs(): number {
    return this.#expel ? this.deadlineMs : Number.POSITIVE_INFINITY;
  }

  expire(): void {
    this.expel(loginTimeout());
  }
}
