import { CodedError, nameError } from "./coded-error.js";

/** Every code of {@link TransportError}; docs/errors.md says for each what happened and what to do. */
export const transportErrorCodes = [
  "IM_ERR_CLOSED",
  "IM_ERR_CONNECT",
  "IM_ERR_CONNECTION_LOST",
  "IM_ERR_DIAL_TIMEOUT",
  "IM_ERR_DUPLICATE_ID",
  "IM_ERR_EMPTY_ID",
  "IM_ERR_HANDSHAKE",
  "IM_ERR_INBOX_FULL",
  "IM_ERR_INVALID_ADDRESS",
  "IM_ERR_INVALID_FRAME",
  "IM_ERR_INVALID_OPTION",
  "IM_ERR_LISTEN",
  "IM_ERR_LOGIN_REFUSED",
  "IM_ERR_LOGIN_TIMEOUT",
  "IM_ERR_PAYLOAD_TOO_LARGE",
  "IM_ERR_PROTOCOL",
  "IM_ERR_QUEUE_FULL",
  "IM_ERR_READ_CONFLICT",
  "IM_ERR_READ_TIMEOUT",
  "IM_ERR_SERVER_STATE",
  "IM_ERR_UNDELIVERED",
  "IM_ERR_UNKNOWN_CHANNEL",
  "IM_ERR_UNSUPPORTED",
  "IM_ERR_WRITE_TIMEOUT",
] as const;
export type TransportErrorCode = (typeof transportErrorCodes)[number];

/** Why and how a connection ended. */
export interface CloseInfo {
  /** The peer's close code if it closed first, else ours; 1005 and 1006 as `CloseCode` says. */
  readonly code: number;
  /** At most 123 bytes of UTF-8, meant for people. */
  readonly reason: string;
  /** Whether both sides said Close; if not, what was under way may or may not have arrived. */
  readonly clean: boolean;
  /** What went wrong, when something did. */
  readonly error?: TransportError;
}

/** What goes wrong in this layer. Match on `code`; messages are for people and may change. */
export class TransportError extends CodedError<TransportErrorCode> {
  /** How the connection ended, when that is why the call failed. */
  declare readonly closeInfo?: CloseInfo;
  /** For `IM_ERR_LOGIN_REFUSED`: the close code that the peer gets. */
  declare readonly closeCode?: number;

  constructor(
    code: TransportErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly closeInfo?: CloseInfo; readonly closeCode?: number } = {},
  ) {
    super(code, message, options);
    const { closeInfo, closeCode } = options;
    if (closeInfo) this.closeInfo = closeInfo;
    if (closeCode !== undefined) this.closeCode = closeCode;
  }
}
nameError(TransportError, "TransportError");
