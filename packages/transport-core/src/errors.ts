import type { CloseInfo } from "./contract/close-info.js";

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

const brand = Symbol.for("@im/transport-core/TransportError");

/** What goes wrong in this layer. Match on `code`; messages are for people and may change. */
export class TransportError extends Error {
  readonly code: TransportErrorCode;
  /** How the connection ended, when that is why the call failed. */
  declare readonly closeInfo?: CloseInfo;
  /** For `IM_ERR_LOGIN_REFUSED`: the close code that the peer is told. */
  declare readonly closeCode?: number;

  constructor(
    code: TransportErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly closeInfo?: CloseInfo; readonly closeCode?: number } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.closeInfo) this.closeInfo = options.closeInfo;
    if (options.closeCode !== undefined) this.closeCode = options.closeCode;
  }

  /** The ESM and the CJS copy of this package recognise each other's errors. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass inherits this without owning it. Bundlers would rename a class that names itself.
    if (!Object.hasOwn(this, Symbol.hasInstance)) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}
// Not declared as members: a symbol in the type would make the two copies' types incompatible.
Object.defineProperty(TransportError.prototype, brand, { value: true });
Object.defineProperty(TransportError.prototype, "name", {
  value: "TransportError",
  configurable: true,
  writable: true,
});
