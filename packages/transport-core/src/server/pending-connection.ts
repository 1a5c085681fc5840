import { ConnHandle } from "../conn/conn-handle.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Accepted, AcceptOptions, Acceptor } from "../contract/acceptor.js";
import type { Address } from "../contract/address.js";
import type { HandshakeInfo } from "../contract/handshake-info.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import { TransportError } from "../errors.js";
import type { IncomingSocket } from "./listener-driver.js";

export const NO_ADDRESS: Address = { host: "", port: 0 };

/** A connection without an id: in its handshake, then in its login. Both together may take the login wait. */
export class PendingConnection implements Deadlined {
  slot: Deadlined["slot"] = undefined;
  /** Set when the handshake is done. */
  conn: FramedConn | undefined;
  readonly acceptedMs = performance.now();
  handshakeDoneMs = Number.NaN;
  /** Why the server ended the handshake or the login, if it did. */
  rejectedFor: RefusalReason | undefined;
  /** Whether the hook `accepted` was called. */
  isReported = false;
  readonly #socket: IncomingSocket;
  readonly #deadlines: DeadlineWheel;
  readonly #deadlineMs: number;
  #client: Address | undefined;
  #isSettled = false;
  /** While the Acceptor runs. */
  #rejectLogin: ((error: unknown) => void) | undefined;
  #loginEnd: { readonly error: unknown } | undefined;
  #signal: AbortController | undefined;

  /** The login wait begins. */
  constructor(socket: IncomingSocket, deadlines: DeadlineWheel, loginWaitMs: number) {
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.#deadlineMs = this.acceptedMs + loginWaitMs;
    deadlines.schedule(this);
  }

  /** That of the socket; of a trusted proxy's client as soon as it is known. */
  get remoteAddress(): Address {
    return this.#client ?? this.#socket.remoteAddress ?? NO_ADDRESS;
  }

  /** The host that limits per address count it for; empty for none. */
  get countedHost(): string {
    return this.#socket.isProxy && !this.#client ? "" : this.remoteAddress.host;
  }

  /** It is from a trusted proxy, and this is where the client connects from. */
  identify(client: Address | undefined): void {
    this.#client = client ?? NO_ADDRESS;
  }

  /** The handshake is done. */
  handshakeDone(conn: FramedConn): void {
    this.conn = conn;
    this.handshakeDoneMs = performance.now();
  }

  /**
   * Runs the Acceptor, once the handshake is done. {@link endLogin} ends it before its time; what the Acceptor gives later
   * is then ignored.
   *
   * @throws what the Acceptor throws, what the login is ended with, `IM_ERR_EMPTY_ID`
   */
  async logIn(conn: FramedConn, acceptor: Acceptor, info: HandshakeInfo): Promise<Accepted> {
    const options = new LoginOptions(this.#deadlineMs - this.handshakeDoneMs, info, () => this.#loginSignal());
    const accepted = await new Promise<string | Accepted>((resolve, reject) => {
      this.#rejectLogin = reject;
      // Resolving with its promise would leave no room for an end from outside.
      Promise.resolve(acceptor.accept(new ConnHandle(conn), options)).then(resolve, reject);
    });
    const { id, meta } = typeof accepted === "string" ? { id: accepted } : ((accepted ?? {}) as Partial<Accepted>);
    if (typeof id !== "string" || id === "") {
      throw new TransportError("IM_ERR_EMPTY_ID", "the Acceptor must give an id that is a string and not empty");
    }
    return meta ? { id, meta } : { id };
  }

  /** Ends the login, unless it has ended. */
  endLogin(error: unknown): void {
    if (this.#loginEnd) return;
    this.#loginEnd = { error };
    this.#rejectLogin?.(error);
    this.#signal?.abort(error);
  }

  /** @throws what the login was ended with, perhaps in the very moment in which the Acceptor gave an id */
  throwIfLoginEnded(): void {
    if (this.#loginEnd) throw this.#loginEnd.error;
  }

  /** Ends the handshake or the login, unless it is over. */
  reject(why: RefusalReason, error: unknown): void {
    if (this.#isSettled) return;
    this.rejectedFor = why;
    this.settle();
    if (this.conn) this.endLogin(error);
    else this.#socket.destroy();
  }

  /** The connection is admitted or refused, or its socket is closed: it has no deadline any more. */
  settle(): void {
    this.#isSettled = true;
    this.#deadlines.remove(this);
  }

  nextDeadlineMs(): number {
    return this.#isSettled ? Number.POSITIVE_INFINITY : this.#deadlineMs;
  }

  expire(): void {
    const error = new TransportError("IM_ERR_LOGIN_TIMEOUT", "login took longer than the login wait");
    this.reject("login-timeout", error);
  }

  #loginSignal(): AbortSignal {
    this.#signal ??= new AbortController();
    if (this.#loginEnd) this.#signal.abort(this.#loginEnd.error);
    return this.#signal.signal;
  }
}

class LoginOptions implements AcceptOptions {
  readonly timeoutMs: number;
  readonly handshake: HandshakeInfo;
  readonly #signal: () => AbortSignal;

  constructor(timeoutMs: number, handshake: HandshakeInfo, signal: () => AbortSignal) {
    this.timeoutMs = Math.max(0, timeoutMs);
    this.handshake = handshake;
    this.#signal = signal;
  }

  /** Made when the Acceptor asks for it, since it costs as much as the rest of a login. */
  get signal(): AbortSignal {
    return this.#signal();
  }
}
