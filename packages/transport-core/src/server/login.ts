import { isSendableCloseCode } from "../close-payload.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Accepted, Acceptor } from "../contract/acceptor.js";
import { CloseCode } from "../contract/close-info.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import { TransportError } from "../errors.js";

/**
 * Runs the Acceptor on a connection until it gives an id, throws, or the signal aborts, whichever is first.
 *
 * @throws what the Acceptor throws, the signal's reason, `IM_ERR_EMPTY_ID`
 */
export async function login(
  conn: FramedConn,
  acceptor: Acceptor,
  signal: AbortSignal,
  deadlineMs: number,
): Promise<Accepted> {
  const timeoutMs = Math.max(0, deadlineMs - performance.now());
  const accepted = await Promise.race([acceptor.accept(conn, { signal, timeoutMs }), aborted(signal)]);
  const { id, meta } = typeof accepted === "string" ? { id: accepted } : ((accepted ?? {}) as Partial<Accepted>);
  if (typeof id !== "string" || id === "") {
    throw new TransportError("IM_ERR_EMPTY_ID", "the Acceptor must give an id that is a string and not empty");
  }
  return meta ? { id, meta } : { id };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export function loginTimeout(): TransportError {
  return new TransportError("IM_ERR_LOGIN_TIMEOUT", "login took longer than the login wait");
}

/**
 * What the peer gets to read: the words of the Acceptor's error, and its `closeCode` if it has a valid one. A bug, or a
 * failure of the system behind it, is none of a stranger's business.
 */
export function refusalOf(error: unknown): { closeCode: number; reason: string } {
  if (isInternal(error)) return { closeCode: CloseCode.InternalError, reason: "internal error" };
  const words = error instanceof Error ? error.message : error;
  return { closeCode: closeCodeOf(error), reason: typeof words === "string" ? words : "login refused" };
}

/** Why a login that was not ended from outside gave no channel. */
export function refusalReasonOf(error: unknown): RefusalReason {
  const code = error instanceof TransportError ? error.code : undefined;
  if (code === "IM_ERR_CLOSED") return "peer-left";
  return isInternal(error) || code === "IM_ERR_EMPTY_ID" ? "login-failed" : "login-refused";
}

/** Errors that the language or the system throws, not the application. */
function isInternal(error: unknown): boolean {
  const ofTheLanguage = [TypeError, RangeError, ReferenceError, SyntaxError, AggregateError];
  return ofTheLanguage.some((type) => error instanceof type) || (error instanceof Error && "syscall" in error);
}

function closeCodeOf(error: unknown): number {
  if (error instanceof TransportError && error.code === "IM_ERR_EMPTY_ID") return CloseCode.InternalError;
  const given = (error as { closeCode?: unknown } | null)?.closeCode;
  return typeof given === "number" && isSendableCloseCode(given) ? given : CloseCode.PolicyViolation;
}
