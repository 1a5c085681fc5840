/** Every code of {@link GatewayError}; docs/errors.md says for each what happened and what to do. */
export const gatewayErrorCodes = [
  "IM_ERR_ANSWERED",
  "IM_ERR_GATEWAY_ARGUMENT",
  "IM_ERR_GATEWAY_STATE",
  "IM_ERR_HANDLER_TIMEOUT",
  "IM_ERR_LEASE_LOST",
  "IM_ERR_NO_ANSWER",
  "IM_ERR_PORT_TIMEOUT",
  "IM_ERR_SESSION_OVER",
  "IM_ERR_UNAUTHORIZED",
  "IM_ERR_UNKNOWN_GATEWAY",
] as const;
export type GatewayErrorCode = (typeof gatewayErrorCodes)[number];

const brand = Symbol.for("@im/gateway/GatewayError");

/** What goes wrong in the gateway. Match on `code`; messages are for people and may change. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** The ESM and the CJS copy of this package recognise each other's errors. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== GatewayError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}
// Not declared as members: a symbol in the type would make the two copies' types incompatible.
Object.defineProperty(GatewayError.prototype, brand, { value: true });
Object.defineProperty(GatewayError.prototype, "name", { value: "GatewayError", configurable: true, writable: true });
