import type { CloseInfo, Conn, Dialer } from "@im/transport-core";
import { randomId, startTimer } from "@im/transport-core/internal";
import { type LogicPkt, Status } from "@im/wire";
import { Extension } from "@im/wire/codec";
import { connectionEnded } from "../connection-ended.js";
import { dialWithinLimits } from "../dial-within-limits.js";
import { ClientError } from "../errors.js";
import { findAddresses, findToken } from "./application-sources.js";
import { asError } from "./as-error.js";
import { type ClientEvent, type ClientStatus, transition } from "./client-status.js";
import { TOKEN_EXPIRED } from "./close-codes.js";
import type { ResolvedImClientOptions } from "./im-client-options.js";
import { Liveness } from "./liveness.js";
import { PacketConnection } from "./packet-connection.js";
import { retryAdviceMs } from "./retry-advice.js";
import { type SignedIn, signIn } from "./sign-in.js";
import { watchPage } from "./wake-ups.js";

/** None of these may throw. */
export interface ReconnectingConnectionEvents {
  /** @param connection what packets are sent through, while online */
  changed(status: ClientStatus, connection: PacketConnection | undefined): void;
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

/** A connection that comes back: dials and signs in, watches the connection, waits and dials again, as the state machine says. */
export class ReconnectingConnection {
  readonly #settings: ResolvedImClientOptions;
  readonly #events: ReconnectingConnectionEvents;
  #status: ClientStatus = { state: "idle" };
  /** Those of the options, or those that their function gave last. */
  #addresses: readonly string[];
  /** While connecting. */
  #dialing: AbortController | undefined;
  /** By the wall clock. */
  #attemptBeganMs = 0;
  /** While online. */
  #connection: PacketConnection | undefined;
  #liveness: Liveness | undefined;
  /** The ends of open attempts and connections; these never reject. */
  readonly #ends = new Set<Promise<void>>();
  /** While offline: when the server allows the next attempt, by the wall clock, which goes on while the machine sleeps. */
  #notBeforeMs = 0;
  #retryTimer: ReturnType<typeof startTimer>;
  #stopWakeUps: (() => void) | undefined;
  /** Whether the network, the page or the machine has come back while this attempt was under way. */
  #wokeUp = false;
  #wasTokenRefused = false;
  /** Of this `connect`. */
  #connectId = "";
  /** Whether it has been online, at a server that confirmed the extension `reconnect`. */
  #isReconnect = false;
  /** Of this `connect`, which fails when they are as many as the addresses: never, if they begin at -Infinity. */
  #failedAttempts = 0;

  constructor(settings: ResolvedImClientOptions, events: ReconnectingConnectionEvents) {
    this.#settings = settings;
    this.#events = events;
    // Unknown until the function has given some.
    this.#addresses = typeof settings.addresses === "function" ? [""] : settings.addresses;
  }

  get status(): ClientStatus {
    return this.#status;
  }

  start(): void {
    this.#wasTokenRefused = false;
    this.#connectId = randomId();
    this.#isReconnect = false;
    this.#failedAttempts = this.#settings.retryFirstConnect ? Number.NEGATIVE_INFINITY : 0;
    this.#apply({ type: "connect" });
  }

  /** Closes this connection, and connects again. @returns whether there was one */
  renew(reason: Error): boolean {
    const isOnline = this.#connection !== undefined;
    if (isOnline) this.#apply({ type: "failed", reason });
    return isOnline;
  }

  /** Closes, and does not connect again. Resolves when nothing is open; never rejects. */
  async stop(reason?: Error): Promise<void> {
    this.#apply(reason ? { type: "end", reason } : { type: "end" });
    await Promise.all(this.#ends);
  }

  #track(promise: Promise<unknown>): void {
    const end = promise.then(() => void this.#ends.delete(end));
    this.#ends.add(end);
  }

  #apply(event: ClientEvent): void {
    const { reconnect: backoff } = this.#settings;
    const context = { addresses: this.#addresses, backoff, nowMs: performance.now(), random: Math.random() };
    const next = transition(this.#status, event, context);
    if (next === this.#status) return;
    if (this.#status.state === "online") this.#leaveOnline();
    clearTimeout(this.#retryTimer);
    this.#dialing?.abort(new ClientError("IM_ERR_CLIENT_CLOSED", "the client was closed"));
    this.#dialing = undefined;
    this.#status = next;
    this.#events.changed(next, this.#connection);
    // A handler of this change may have caused the next one.
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

  /** The page may be frozen, and its open connection would keep the account online. */
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
    if (this.#status.state === "connecting" && isOverdue)
      this.#over(dead("the machine slept while the client connected"));
    if (this.#status.state !== "offline") return;
    // No random wait: other clients do not come back at this moment. The wait that the server asked for still holds.
    const restMs = Math.min(this.#notBeforeMs - Date.now(), this.#status.retryAfterMs);
    this.#retryIn(Math.max(0, restMs));
  }

  #retryIn(waitMs: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = startTimer(() => this.#apply({ type: "retry" }), waitMs);
  }

  // Connecting

  async #attempt(planned: string): Promise<void> {
    const { id, dialer, dialTimeoutMs: timeoutMs, addresses, token: tokenSource, login, device } = this.#settings;
    const dialing = new AbortController();
    const { signal } = dialing;
    this.#dialing = dialing;
    let signedIn: SignedIn;
    /** What the attempt waits for, unless it is the connection: for the error when it takes too long. */
    let missing = "";
    const dialAndSignIn: Dialer = {
      dialAndHandshake: async (context) => {
        // Not before #dialing and #ends know this attempt: the application's function may close the client.
        await undefined;
        missing = "no address";
        const found = await findAddresses(addresses, { signal });
        signal.throwIfAborted();
        const address = this.#chooseFrom(found, planned);
        missing = "no token";
        const token = await findToken(tokenSource, { signal, refused: this.#wasTokenRefused });
        signal.throwIfAborted();
        missing = "";
        const conn = await dialer.dialAndHandshake({ ...context, address });
        this.#track(conn.closed);
        try {
          // An aborted attempt does not sign in: that would displace the next one.
          signal.throwIfAborted();
          missing = "no answer to the sign-in";
          const connect = { connectId: this.#connectId, isReconnect: this.#isReconnect };
          signedIn = await signIn(conn, { login: { ...login, token }, device, ...connect }, context);
          return conn;
        } catch (error) {
          conn.destroy();
          throw error;
        }
      },
    };
    try {
      const limited = { id, name: "im-client", address: planned, timeoutMs };
      await dialWithinLimits(dialAndSignIn, limited, dialing, (conn) => this.#signedIn(conn, signedIn));
    } catch (thrown) {
      if (this.#dialing !== dialing) return;
      const error: Error & { code?: unknown } = asError(thrown);
      const isLate = missing !== "" && error.code === "IM_ERR_DIAL_TIMEOUT";
      this.#failed(isLate ? new ClientError("IM_ERR_SIGN_IN_FAILED", `${missing} came within ${timeoutMs} ms`) : error);
    }
  }

  /** @returns the planned address if it is still among those that were found, else the first */
  #chooseFrom(found: readonly string[], planned: string): string {
    // In the order in which they are tried already, since the function may give them in another one each time.
    const known = this.#addresses.filter((each) => found.includes(each));
    this.#addresses = [...new Set([...known, ...found])];
    if (found.includes(planned)) return planned;
    const address = found[0]!;
    this.#status = { ...this.#status, address } as ClientStatus;
    this.#events.changed(this.#status, undefined);
    return address;
  }

  #signedIn(conn: Conn, { session, early }: SignedIn): void {
    // The deadlines of the dialer's own login end here.
    conn.setReadDeadline(Number.POSITIVE_INFINITY);
    conn.setWriteDeadline(Number.POSITIVE_INFINITY);
    const connection: PacketConnection = new PacketConnection(conn, session, {
      onActivity: () => this.#connection === connection && this.#liveness?.onActivity(),
      received: (packet) => this.#connection === connection && this.#events.received(packet),
      ended: (info) => this.#connection === connection && this.#lost(info),
    });
    this.#connection = connection;
    this.#wasTokenRefused = false;
    this.#isReconnect = session.extensions.has(Extension.Reconnect);
    this.#failedAttempts = Number.NEGATIVE_INFINITY;
    this.#dialing = undefined;
    this.#liveness = new Liveness(connection, this.#settings, (wokeUp) => this.#died(wokeUp));
    this.#apply({ type: "signed-in", session });
    for (const packet of early) if (this.#connection === connection) this.#events.received(packet);
    connection.start();
  }

  // Ends

  /** An attempt failed. */
  #failed(error: Error & { code?: unknown; response?: LogicPkt; closeInfo?: CloseInfo }): void {
    const isRefused = error.code === "IM_ERR_SIGN_IN_REFUSED";
    const isUnauthorized = isRefused && error.response?.status === Status.Unauthorized;
    // A token may have expired; one that was fetched just now has not.
    const mayBeStale = isUnauthorized && typeof this.#settings.token === "function" && !this.#wasTokenRefused;
    this.#wasTokenRefused ||= isUnauthorized;
    // One bad address among several is skipped.
    const isOneOfMany = error.code === "IM_ERR_INVALID_ADDRESS" && this.#addresses.length > 1;
    const isIncurable = incurable.has(error.code as string) && !isOneOfMany;
    // An expired token, or a network that was away, says nothing about the address.
    const isBad = !mayBeStale && (isRefused || (!this.#wokeUp && ++this.#failedAttempts >= this.#addresses.length));
    const isEnd = isIncurable || isBad;
    if (isEnd) this.#apply({ type: "end", reason: error });
    else this.#over(error);
  }

  #lost(info: CloseInfo): void {
    this.#over(connectionEnded(info));
  }

  #over(reason: Error & { response?: LogicPkt; closeInfo?: CloseInfo }): void {
    const isFinal = this.#settings.finalCloseCodes.has(reason.closeInfo?.code ?? 0);
    // An attempt that began before the network came back may fail because of that.
    const waitMs = this.#wokeUp && this.#status.state === "connecting" ? 0 : undefined;
    const isTokenExpired = reason.closeInfo?.code === TOKEN_EXPIRED;
    this.#wasTokenRefused ||= isTokenExpired;
    if (isFinal) this.#apply({ type: "end", reason });
    else this.#apply({ type: "failed", reason, retryAfterMs: retryAdviceMs(reason), waitMs, isTokenExpired });
  }

  #died(wokeUp: boolean): void {
    const connection = this.#connection;
    const reason = dead("nothing came after a ping");
    this.#apply({ type: "failed", reason, waitMs: wokeUp ? 0 : undefined });
    // Afterwards: the end that this causes is not the reason.
    connection?.cut();
  }

  #leaveOnline(): void {
    this.#liveness?.stop();
    this.#liveness = undefined;
    // Harmless if it has ended.
    void this.#connection!.close();
    this.#connection = undefined;
  }
}

function dead(message: string): ClientError {
  return new ClientError("IM_ERR_CONNECTION_DEAD", message);
}
