import {
  type Accepted,
  type AcceptOptions,
  type Acceptor,
  CloseCode,
  type Conn,
  OpCode,
  TransportError,
} from "@im/transport-core";
import { isThenable, randomId } from "@im/transport-core/internal";
import { createResponse, type LogicPkt, type Meta, MetaType, marshal, Status } from "@im/wire";
import { encodeErrorResp, encodeLoginResp, extensionMetaKeys, KICKED_OUT } from "@im/wire/codec";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { SessionRecord } from "../ports/session-directory.js";
import type { LocalBroadcasts } from "../push/local-broadcasts.js";
import { LiveSession } from "../session/live-session.js";
import type { OpenSessions } from "../session/open-sessions.js";
import { RequestBudget } from "../session/request-budget.js";
import type { SessionLifecycle } from "../session/session-lifecycle.js";
import type { Login, SignIn } from "./authenticate.js";
import { checkIdentity } from "./check-identity.js";
import { firstPacket } from "./first-packet.js";
import { KickedOut, Refusal } from "./refusal.js";
import { parseSignIn } from "./sign-in-request.js";

/** Accepts connections whose first packet is a `login.signin` that `authenticate` approves. */
export class LoginAcceptor implements Acceptor {
  readonly #settings: GatewaySettings;
  readonly #lifecycle: SessionLifecycle;
  readonly #open: OpenSessions;
  readonly #broadcasts: LocalBroadcasts;
  readonly #extensions: readonly string[];

  constructor(
    settings: GatewaySettings,
    parts: {
      readonly lifecycle: SessionLifecycle;
      readonly open: OpenSessions;
      readonly broadcasts: LocalBroadcasts;
      /** Those that this gateway confirms. */
      readonly extensions: readonly string[];
    },
  ) {
    this.#settings = settings;
    this.#lifecycle = parts.lifecycle;
    this.#open = parts.open;
    this.#broadcasts = parts.broadcasts;
    this.#extensions = parts.extensions;
  }

  async accept(conn: Conn, options: AcceptOptions): Promise<Accepted> {
    const request = await firstPacket(conn);
    const signIn = {
      remoteAddress: conn.remoteAddress,
      localAddress: conn.localAddress,
      subprotocol: conn.subprotocol,
      handshake: options.handshake,
      timeoutMs: options.timeoutMs,
      // Read on access: the signal is made only if `authenticate` uses it.
      get signal() {
        return options.signal;
      },
    };
    const { session, isReconnect } = await this.#signIn(request, signIn).catch((cause: unknown) =>
      this.#refuse(conn, request, cause),
    );
    const answer = successOf(request, session);
    let hasPlace: boolean;
    try {
      hasPlace = await this.#lifecycle.begin(session, conn, isReconnect);
    } catch (error) {
      this.#settings.report(error, { during: "directory", session: session.handle });
      return this.#refuse(conn, request, new Refusal(Status.SystemException, "the service cannot sign you in now"));
    }
    if (!hasPlace) return this.#refuse(conn, request, new KickedOut());
    // Throws if the connection has ended or the login wait is over: the end of the connection ends the session.
    conn.writeFrame(OpCode.Binary, answer);
    return { id: session.channelId, meta: { session: session.handle } };
  }

  async #signIn(request: LogicPkt, signIn: SignIn): Promise<{ session: LiveSession; isReconnect: boolean }> {
    const { login, extensions, connectId, isReconnect } = parseSignIn(request, this.#extensions);
    const { account, device, app, data, expiresAtMs } = await this.#authenticate(login, signIn);
    const { zone, isp, tags } = login;
    const record = ownCopy({
      account,
      device,
      channelId: randomId(),
      gatewayId: this.#settings.gatewayId,
      app,
      zone,
      isp,
      remoteIp: signIn.remoteAddress.host,
      tags,
      connectId,
    });
    const { maxRequestsPerSecond } = this.#settings;
    const budget = Number.isFinite(maxRequestsPerSecond)
      ? new RequestBudget(maxRequestsPerSecond, performance.now())
      : undefined;
    const session = new LiveSession(record, { data, extensions, expiresAtMs, budget }, this.#open, this.#broadcasts);
    return { session, isReconnect };
  }

  async #authenticate(login: Login, signIn: SignIn) {
    let identity: ReturnType<typeof checkIdentity> | undefined;
    try {
      const given = this.#settings.authenticate(login, signIn);
      const settled = isThenable(given) ? await awaited(given, signIn) : given;
      identity = settled ? checkIdentity(settled) : undefined;
    } catch (error) {
      if (error instanceof LoginOver) throw error;
      const isRefusal = error instanceof GatewayError && error.code === "IM_ERR_UNAUTHORIZED";
      if (isRefusal) throw new Refusal(statusOf(error), error.message, error);
      this.#settings.report(error, { during: "login" });
      throw new Refusal(Status.SystemException, "the service cannot sign you in now", error);
    }
    if (!identity) throw new Refusal(Status.Unauthorized, "the token was refused");
    const { expiresAtMs = Number.POSITIVE_INFINITY } = identity;
    if (expiresAtMs <= Date.now()) throw new Refusal(Status.Unauthorized, "the token has expired");
    return identity;
  }

  /** Answers with a status. What was written leaves before the connection is closed. */
  #refuse(conn: Conn, request: LogicPkt, cause: unknown): never {
    if (!(cause instanceof Refusal)) throw cause;
    const { status, message } = cause;
    const response = createResponse(request, { status, body: encodeErrorResp({ message }), meta: metaOf(cause) });
    conn.writeFrame(OpCode.Binary, marshal(response));
    this.#settings.hooks.refused?.(status, conn.remoteAddress);
    const closeCode = cause instanceof KickedOut ? GatewayCloseCode.KickedOut : CloseCode.PolicyViolation;
    throw new TransportError("IM_ERR_LOGIN_REFUSED", message, { cause, closeCode });
  }
}

/** The connection of this sign-in has ended: it must not displace a live session. */
class LoginOver extends TransportError {
  constructor(cause: unknown) {
    super("IM_ERR_CLOSED", "the login was over before authenticate settled", { cause });
  }
}

/** The result of `authenticate`. @throws `LoginOver` if it settles too late, however it settles */
async function awaited<T>(given: PromiseLike<T>, { signal }: SignIn): Promise<T> {
  try {
    const settled = await given;
    if (!signal.aborted) return settled;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  throw new LoginOver(signal.reason);
}

/** A copy: substrings would keep the whole packet in memory for as long as the session. */
function ownCopy(record: SessionRecord): SessionRecord {
  return JSON.parse(JSON.stringify(record));
}

function successOf(request: LogicPkt, { channelId, account, extensions }: LiveSession): Uint8Array {
  const meta = [...extensions].map((value) => ({ key: extensionMetaKeys.confirmed, value, type: MetaType.String }));
  return marshal(createResponse(request, { body: encodeLoginResp({ channelId, account }), meta }));
}

/** The status of a refusal: 32 bits, and not Success. */
function statusOf({ status = Status.Unauthorized }: GatewayError): Status {
  return (status | 0) === status && status !== Status.Success ? status : Status.Unauthorized;
}

/** How the session ended to which the client comes back, or how long the client is to wait. */
function metaOf(refusal: Refusal): Meta[] {
  if (refusal instanceof KickedOut) {
    return [{ key: extensionMetaKeys.sessionOver, value: KICKED_OUT, type: MetaType.String }];
  }
  const { cause } = refusal;
  const retryAfterMs = cause instanceof GatewayError ? Math.ceil(cause.retryAfterMs ?? 0) : 0;
  if (!(Number.isSafeInteger(retryAfterMs) && retryAfterMs > 0)) return [];
  return [{ key: extensionMetaKeys.retryAfterMs, value: String(retryAfterMs), type: MetaType.Int }];
}
