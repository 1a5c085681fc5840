import type { CloseInfo, Conn, Dialer } from "@im/transport-core";
import { randomId, startTimer } from "@im/transport-core/internal";
import { Extension, type LogicPkt, Status } from "@im/wire";
import { connectionEnded } from "../connection-ended.js";
import { dialWithinLimits } from "../dial-within-limits.js";
import { ClientError, refusedOption } from "../errors.js";
import { asError } from "./as-error.js";
import { type ClientEvent, type ClientStatus, transition } from "./client-status.js";
import type { ResolvedImClientOptions } from "./im-client-options.js";
import { Link } from "./link.js";
import { Liveness } from "./liveness.js";
import { retryAdviceMs } from "./retry-advice.js";
import { type SignedIn, signIn } from "./sign-in.js";
import { watchPage } from "./wake-ups.js";

/** Whom the keeper serves. None of these may throw. */
export interface KeeperEvents {
  /** @param link what packets are sent through, while online */
  changed(status: ClientStatus, link: Link | undefined): void;
  received(packet: LogicPkt): void;
}

/** Errors of connecting that no further attempt will cure. */
const incurable = new Set([
  "IM_ERR_INVALID_ADDRESS",
  "IM_ERR_INVALID_OPTION",
  "IM_ERR_KICKED_OUT",
  "IM_ERR_LOGIN_REFUSED",
  "IM_ERR_UNSUPPORTED",
]);

/** Does what the state machine says: dials and signs in, waits, watches the connection, one of these at a time. */
export class ConnectionKeeper {
  readonly #settings: ResolvedImClientOptions;
  readonly #events: KeeperEvents;
  #status: ClientStatus = { state: "idle" };
  /** While connecting. */
  #dialing: AbortController | undefined;
  /** By the wall clock. */
  #attemptBeganMs = 0;
  /** While online. */
  #link: Link | undefined;
  #liveness: Liveness | undefined;
  /** Ends of attempts and connections that have not come yet; these never reject. */
  readonly #ends = new Set<Promise<void>>();
  /** While offline: before that, by the wall clock, which goes on while the machine sleeps, the server does not want us. */
  #notBeforeMs = 0;
  #retryTimer: ReturnType<typeof startTimer>;
  #stopWakeUps: (() => void) | undefined;
  /** Whether the network, the page or the machine has come back while this attempt was under way. */
  #wokeUp = false;
  #wasTokenRefused = false;
  /** Of this `connect`. */
  #connectId = "";
  /** Whether it has been online, at a server that knows those who come back by themselves. */
  #isReconnect = false;
  /** How many attempts may still fail before this `connect` has. */
  #attemptsLeft = 0;

  constructor(settings: ResolvedImClientOptions, events: KeeperEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  get status(): ClientStatus {
    return this.#status;
  }

  start(): void {
    const { retryFirstConnect, addresses } = this.#settings;
    this.#wasTokenRefused = false;
    this.#connectId = randomId();
    this.#isReconnect = false;
    this.#attemptsLeft = retryFirstConnect ? Number.POSITIVE_INFINITY : addresses.length;
    this.#apply({ type: "connect" });
  }

  /** Gives up this connection, and comes back by another. @returns whether there was one */
  renew(reason: Error): boolean {
    const isOnline = this.#link !== undefined;
    if (isOnline) this.#apply({ type: "failed", reason });
    return isOnline;
  }

  /** Connects no more. Resolves when nothing is open; never rejects. */
  async stop(reason?: Error): Promise<void> {
    this.#apply(reason ? { type: "end", reason } : { type: "end" });
    await Promise.all(this.#ends);
  }

  #track(promise: Promise<unknown>): void {
    const end = promise.then(() => void this.#ends.delete(end));
    this.#ends.add(end);
  }

  #apply(event: ClientEvent): void {
    const { addresses, reconnect: backoff } = this.#settings;
    const context = { addresses, backoff, nowMs: performance.now(), random: Math.random() };
    const next = transition(this.#status, event, context);
    if (next === this.#status) return;
    if (this.#status.state === "online") this.#leaveOnline();
    clearTimeout(this.#retryTimer);
    this.#dialing?.abort(new ClientError("IM_ERR_CLIENT_CLOSED", "the client was closed"));
    this.#dialing = undefined;
    this.#status = next;
    this.#events.changed(next, this.#link);
    // Whoever heard of it may have gone on already.
    if (this.#status === next) this.#enter(next);
  }

  #enter(status: ClientStatus): void {
    if (status.state === "connecting") {
      this.#wokeUp = false;
      this.#stopWakeUps ??= watchPage({ wokeUp: () => this.#wakeUp(), left: () => this.#leavePage() });
      this.#attemptBeganMs = Date.now();
      this.#track(this.#attempt(status.address));
    } else if (status.state === "offline") {
      this.#notBeforeMs = Date.now() + status.retryAfterMs;
      this.#retryIn(status.retryInMs);
    } else if (status.state === "closed") {
      this.#stopWakeUps?.();
      this.#stopWakeUps = undefined;
    }
  }

  /** The page may be frozen, and would then stand in the way of its own account. */
  #leavePage(): void {
    const reason = new ClientError("IM_ERR_CLIENT_CLOSED", "the page was left; it connects again when it is shown");
    this.#apply({ type: "failed", reason, waitMs: Number.POSITIVE_INFINITY });
    clearTimeout(this.#retryTimer);
  }

  #wakeUp(): void {
    this.#wokeUp = true;
    this.#liveness?.probe();
    // The timer of an attempt stands still while the machine sleeps.
    const isOverdue = Date.now() - this.#attemptBeganMs > this.#settings.dialTimeoutMs;
    if (this.#status.state === "connecting" && isOverdue) this.#over(dead("the machine has slept while it connected"));
    if (this.#status.state !== "offline") return;
    // There is no crowd to avoid; what the server asked for is waited all the same.
    const restMs = Math.min(this.#notBeforeMs - Date.now(), this.#status.retryAfterMs);
    this.#retryIn(Math.max(0, restMs));
  }

  #retryIn(waitMs: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = startTimer(() => this.#apply({ type: "retry" }), waitMs);
  }

  // Connecting

  async #attempt(address: string): Promise<void> {
    const { id, dialer, dialTimeoutMs: timeoutMs, login } = this.#settings;
    const dialing = new AbortController();
    this.#dialing = dialing;
    let signedIn: SignedIn;
    /** What does not come, if this takes too long, unless it is the connection. */
    let missing = "";
    const dialAndSignIn: Dialer = {
      dialAndHandshake: async (context) => {
        // Not before this attempt is known: the application's function may end the client.
        await undefined;
        dialing.signal.throwIfAborted();
        missing = "no token came from its function";
        const token = await this.#token(dialing.signal);
        dialing.signal.throwIfAborted();
        missing = "";
        const conn = await dialer.dialAndHandshake(context);
        this.#track(conn.closed);
        try {
          // Who was given up does not sign in: that would displace the one who comes after.
          dialing.signal.throwIfAborted();
          missing = "no answer to the sign-in came";
          const connect = { id: this.#connectId, isReconnect: this.#isReconnect };
          signedIn = await signIn(conn, { ...login, token }, connect, context);
          return conn;
        } catch (error) {
          conn.destroy();
          throw error;
        }
      },
    };
    try {
      const context = { id, name: "im-client", address, timeoutMs };
      await dialWithinLimits(dialAndSignIn, context, dialing, (conn) => this.#signedIn(conn, signedIn));
    } catch (thrown) {
      if (this.#dialing !== dialing) return;
      const error: Error & { code?: unknown } = asError(thrown);
      const isLate = missing !== "" && error.code === "IM_ERR_DIAL_TIMEOUT";
      this.#failed(isLate ? new ClientError("IM_ERR_SIGN_IN_FAILED", `${missing} within ${timeoutMs} ms`) : error);
    }
  }

  async #token(signal: AbortSignal): Promise<string> {
    const { token } = this.#settings;
    if (typeof token === "string") return token;
    let given: unknown;
    try {
      given = await token({ signal, refused: this.#wasTokenRefused });
    } catch (cause) {
      // Whatever its own code and members say, they are not about our connection.
      throw new ClientError("IM_ERR_SIGN_IN_FAILED", `the token function failed: ${asError(cause).message}`, { cause });
    }
    if (typeof given === "string") return given;
    throw refusedOption("what the token function gives", "a string", given);
  }

  #signedIn(conn: Conn, { session, early }: SignedIn): void {
    // Deadlines of the dialer's own login do not outlive it.
    conn.setReadDeadline(Number.POSITIVE_INFINITY);
    conn.setWriteDeadline(Number.POSITIVE_INFINITY);
    const link: Link = new Link(conn, session, {
      heard: () => this.#link === link && this.#liveness?.heard(),
      received: (packet) => this.#link === link && this.#events.received(packet),
      ended: (info) => this.#link === link && this.#lost(info),
    });
    this.#link = link;
    this.#wasTokenRefused = false;
    this.#isReconnect = session.extensions.has(Extension.Reconnect);
    this.#attemptsLeft = Number.POSITIVE_INFINITY;
    this.#dialing = undefined;
    this.#liveness = new Liveness(link, this.#settings, (wokeUp) => this.#died(wokeUp));
    this.#apply({ type: "signed-in", session });
    for (const packet of early) if (this.#link === link) this.#events.received(packet);
    link.start();
  }

  // Ends

  /** An attempt failed. */
  #failed(error: Error & { code?: unknown; response?: LogicPkt; closeInfo?: CloseInfo }): void {
    const isRefused = error.code === "IM_ERR_SIGN_IN_REFUSED";
    const isUnauthorized = isRefused && error.response?.status === Status.Unauthorized;
    // A token may have run out; one that was fetched anew has not.
    const mayBeStale = isUnauthorized && typeof this.#settings.token === "function" && !this.#wasTokenRefused;
    this.#wasTokenRefused ||= isUnauthorized;
    // One bad address among several is passed over.
    const isOneOfMany = error.code === "IM_ERR_INVALID_ADDRESS" && this.#settings.addresses.length > 1;
    const isIncurable = incurable.has(error.code as string) && !isOneOfMany;
    // Neither a token that has run out nor a network that was away tells anything of the address.
    const isBad = !mayBeStale && (isRefused || (!this.#wokeUp && --this.#attemptsLeft === 0));
    const isEnd = isIncurable || isBad;
    if (isEnd) this.#apply({ type: "end", reason: error });
    else this.#over(error);
  }

  #lost(info: CloseInfo): void {
    this.#over(connectionEnded(info));
  }

  #over(reason: Error & { response?: LogicPkt; closeInfo?: CloseInfo }): void {
    const isFinal = this.#settings.finalCloseCodes.has(reason.closeInfo?.code ?? 0);
    // An attempt that began before the network came back may fail for want of it.
    const waitMs = this.#wokeUp && this.#status.state === "connecting" ? 0 : undefined;
    if (isFinal) this.#apply({ type: "end", reason });
    else this.#apply({ type: "failed", reason, retryAfterMs: retryAdviceMs(reason), waitMs });
  }

  #died(wokeUp: boolean): void {
    const link = this.#link;
    const reason = dead("nothing came after a ping: the connection is dead");
    this.#apply({ type: "failed", reason, waitMs: wokeUp ? 0 : undefined });
    // Afterwards: the end that this causes is not why.
    link?.cut();
  }

  #leaveOnline(): void {
    this.#liveness?.stop();
    this.#liveness = undefined;
    // Harmless if it has ended.
    void this.#link!.close();
    this.#link = undefined;
  }
}

function dead(message: string): ClientError {
  return new ClientError("IM_ERR_CONNECTION_DEAD", message);
}
