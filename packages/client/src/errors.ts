import type { CloseInfo } from "@im/transport-core";
import type { LogicPkt } from "@im/wire";

/** Every code of {@link ClientError}; docs/errors.md says for each what happened and what to do. */
export const clientErrorCodes = [
  "IM_ERR_CLIENT_CLOSED",
  "IM_ERR_CLIENT_STATE",
  "IM_ERR_CONNECTION_DEAD",
  "IM_ERR_KICKED_OUT",
  "IM_ERR_NO_DIALER",
  "IM_ERR_NOT_CONNECTED",
  "IM_ERR_OFFLINE",
  "IM_ERR_PUSH_OVERFLOW",
  "IM_ERR_PUSH_UNHEARD",
  "IM_ERR_REQUEST_FAILED",
  "IM_ERR_REQUEST_TIMEOUT",
  "IM_ERR_SIGN_IN_FAILED",
  "IM_ERR_SIGN_IN_REFUSED",
  "IM_ERR_UNANSWERED",
] as const;
export type ClientErrorCode = (typeof clientErrorCodes)[number];

/** What an error of the client may carry besides its code. */
interface ClientErrorDetails {
  /** How the connection ended, when that is why the call failed. */
  readonly closeInfo?: CloseInfo;
  /** Of a request: `none` if the server has certainly not seen it, `unknown` if it may have been carried out. */
  readonly delivery?: "none" | "unknown";
  /** What the server answered, when it answered that the request failed; `response.status` says why. */
  readonly response?: LogicPkt;
}

const brand = Symbol.for("@im/client/ClientError");

/** What goes wrong in the client itself; dialling and writing throw the `TransportError`s of their layer. */
export class ClientError extends Error implements ClientErrorDetails {
  readonly code: ClientErrorCode;
  declare readonly closeInfo?: CloseInfo;
  declare readonly delivery?: "none" | "unknown";
  declare readonly response?: LogicPkt;

  constructor(
    code: ClientErrorCode,
    message: string,
    { cause, ...details }: ClientErrorDetails & { readonly cause?: unknown } = {},
  ) {
    const why = cause ?? details.closeInfo?.error;
    super(message, why === undefined ? undefined : { cause: why });
    this.code = code;
    Object.assign(this, details);
  }

  /** The ESM and the CJS copy of this package recognise each other's errors. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass inherits this without owning it. Bundlers would rename a class that names itself.
    if (!Object.hasOwn(this, Symbol.hasInstance)) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}
// Not declared as members: a symbol in the type would make the two copies' types incompatible.
Object.defineProperty(ClientError.prototype, brand, { value: true });
Object.defineProperty(ClientError.prototype, "name", { value: "ClientError", configurable: true, writable: true });
