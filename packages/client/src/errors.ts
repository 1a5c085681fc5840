import type { CloseInfo } from "@im/transport-core";

/** Every code of {@link ClientError}; docs/errors.md says for each what happened and what to do. */
export const clientErrorCodes = [
  "IM_ERR_CLIENT_CLOSED",
  "IM_ERR_CLIENT_STATE",
  "IM_ERR_NO_DIALER",
  "IM_ERR_NOT_CONNECTED",
] as const;
export type ClientErrorCode = (typeof clientErrorCodes)[number];

const brand = Symbol.for("@im/client/ClientError");

/** What goes wrong in the client itself; dialling and writing throw the `TransportError`s of their layer. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  /** How the connection ended, when that is why the call failed. */
  declare readonly closeInfo?: CloseInfo;

  constructor(code: ClientErrorCode, message: string, closeInfo?: CloseInfo) {
    super(message, closeInfo?.error ? { cause: closeInfo.error } : undefined);
    this.code = code;
    if (closeInfo) this.closeInfo = closeInfo;
  }

  /** The ESM and the CJS copy of this package recognise each other's errors. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== ClientError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}
// Not declared as members: a symbol in the type would make the two copies' types incompatible.
Object.defineProperty(ClientError.prototype, brand, { value: true });
Object.defineProperty(ClientError.prototype, "name", { value: "ClientError", configurable: true, writable: true });
