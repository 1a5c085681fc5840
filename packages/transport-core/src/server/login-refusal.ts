import { isSendableCloseCode } from "../close-payload.js";
import { CloseCode } from "../contract/close-code.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import { TransportError } from "../errors.js";

/** How a login is refused. */
export interface LoginRefusal {
  /** For the hooks. */
  readonly why: RefusalReason;
  /** For the peer. */
  readonly closeCode: number;
  readonly reason: string;
}

/**
 * The refusal that follows from an error of a login. The peer gets the message of an error that the Acceptor threw, and
 * its `closeCode` if that is valid. Of a bug, or of a failure in the system behind the Acceptor, it learns nothing.
 */
export function refusalOf(error: unknown): LoginRefusal {
  if (isInternal(error)) {
    return { why: "login-failed", closeCode: CloseCode.InternalError, reason: "internal error" };
  }
  const code = error instanceof TransportError ? error.code : undefined;
  const message = error instanceof Error ? error.message : error;
  const reason = typeof message === "string" ? message : "login refused";
  if (code === "IM_ERR_EMPTY_ID") return { why: "login-failed", closeCode: CloseCode.InternalError, reason };
  return { why: code === "IM_ERR_CLOSED" ? "peer-left" : "login-refused", closeCode: closeCodeOf(error), reason };
}

/** Errors that the language or the system throws, not the application. */
function isInternal(error: unknown): boolean {
  const ofTheLanguage = [TypeError, RangeError, ReferenceError, SyntaxError, AggregateError];
  return ofTheLanguage.some((type) => error instanceof type) || (error instanceof Error && "syscall" in error);
}

function closeCodeOf(error: unknown): number {
  const given = (error as { closeCode?: unknown } | null)?.closeCode;
  return typeof given === "number" && isSendableCloseCode(given) ? given : CloseCode.PolicyViolation;
}
