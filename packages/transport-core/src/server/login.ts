import { isSendableCloseCode } from "../close-payload.js";
import { ConnHandle } from "../conn/conn-handle.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Accepted, Acceptor } from "../contract/acceptor.js";
import { CloseCode } from "../contract/close-code.js";
import type { RefusalReason } from "../contract/transport-hooks.js";
import { TransportError } from "../errors.js";

/** One run of the Acceptor on a connection, which may be ended from outside. */
export class Login {
  readonly timeoutMs: number;
  #controller: AbortController | undefined;
  #reject: ((why: unknown) => void) | undefined;
  #isOver = false;
  #why: unknown;

  constructor(deadlineMs: number) {
    this.timeoutMs = Math.max(0, deadlineMs - performance.now());
  }

  /** For the Acceptor; made when it asks, since it costs as much as the rest of a login. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isOver) this.#controller.abort(this.#why);
    return this.#controller.signal;
  }

  /**
   * Resolves when the Acceptor gives an id.
   *
   * @throws what the Acceptor throws, what the login is ended with, `IM_ERR_EMPTY_ID`
   */
  async run(conn: FramedConn, acceptor: Acceptor): Promise<Accepted> {
    const accepted = await new Promise<string | Accepted>((resolve, reject) => {
      this.#reject = reject;
      // Resolving with its promise would leave no room for an end from outside.
      Promise.resolve(acceptor.accept(new ConnHandle(conn), this)).then(resolve, reject);
    });
    const { id, meta } = typeof accepted === "string" ? { id: accepted } : ((accepted ?? {}) as Partial<Accepted>);
    if (typeof id !== "string" || id === "") {
      throw new TransportError("IM_ERR_EMPTY_ID", "the Acceptor must give an id that is a string and not empty");
    }
    return meta ? { id, meta } : { id };
  }

  /** @throws what the login was ended with, perhaps in the very moment in which it gave an id */
  throwIfEnded(): void {
    if (this.#isOver) throw this.#why;
  }

  /** Ends it, unless it has ended; what the Acceptor gives later is ignored. */
  end(why: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#why = why;
    this.#reject?.(why);
    this.#controller?.abort(why);
  }
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
