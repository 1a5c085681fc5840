import type { CloseInfo } from "@im/transport-core";
import { CodedError, checkOptionsAs, invalidOption, nameError } from "@im/transport-core/internal";
import type { LogicPkt } from "@im/wire";

/** Every code of {@link ClientError}; docs/errors.md says for each what happened and what to do. */
export const clientErrorCodes = [
  "IM_ERR_CLIENT_CLOSED",
  "IM_ERR_CLIENT_STATE",
  "IM_ERR_CONNECTION_DEAD",
  "IM_ERR_INVALID_OPTION",
  "IM_ERR_KICKED_OUT",
  "IM_ERR_NO_DIALER",
  "IM_ERR_NOT_CONNECTED",
  "IM_ERR_OFFLINE",
  "IM_ERR_PUSH_OVERFLOW",
  "IM_ERR_PUSH_UNHANDLED",
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

/** An error of the client itself; dialling and writing throw the `TransportError`s of their layer. */
export class ClientError extends CodedError<ClientErrorCode> implements ClientErrorDetails {
  declare readonly closeInfo?: CloseInfo;
  declare readonly delivery?: "none" | "unknown";
  declare readonly response?: LogicPkt;

  constructor(
    code: ClientErrorCode,
    message: string,
    { cause, ...details }: ClientErrorDetails & { readonly cause?: unknown } = {},
  ) {
    const why = cause ?? details.closeInfo?.error;
    super(code, message, why === undefined ? undefined : { cause: why });
    Object.assign(this, details);
  }
}
nameError(ClientError, "ClientError");

/** Checks options, by rules that the packages share. @throws `IM_ERR_INVALID_OPTION`, of this package's own class */
export function checkingOptions<T>(check: () => T): T {
  return checkOptionsAs((message) => new ClientError("IM_ERR_INVALID_OPTION", message), check);
}

/** The error for a value that the application gave otherwise than as an option. */
export function refusedOption(name: string, rule: string, given: unknown): ClientError {
  return new ClientError("IM_ERR_INVALID_OPTION", invalidOption(name, rule, given).message);
}
