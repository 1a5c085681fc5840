import { CodedError, checkOptionsAs, nameError } from "@im/transport-core/internal";
import type { Status } from "@im/wire";

/** Every code of {@link GatewayError}; docs/errors.md says for each what happened and what to do. */
export const gatewayErrorCodes = [
  "IM_ERR_ANSWERED",
  "IM_ERR_CLAIM_EXPIRED",
  "IM_ERR_GATEWAY_ARGUMENT",
  "IM_ERR_GATEWAY_STATE",
  "IM_ERR_HANDLER_TIMEOUT",
  "IM_ERR_INVALID_OPTION",
  "IM_ERR_LEASE_LOST",
  "IM_ERR_NO_ANSWER",
  "IM_ERR_PORT_TIMEOUT",
  "IM_ERR_SESSION_OVER",
  "IM_ERR_UNAUTHORIZED",
  "IM_ERR_UNKNOWN_GATEWAY",
] as const;
export type GatewayErrorCode = (typeof gatewayErrorCodes)[number];

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** Of an `IM_ERR_UNAUTHORIZED`: what the sign-in is answered with. @default `Status.Unauthorized` */
  readonly status?: Status | undefined;
  /** Of an `IM_ERR_UNAUTHORIZED`: for how long the client is to stay away, in milliseconds. @default it decides itself */
  readonly retryAfterMs?: number | undefined;
}

/** What goes wrong in the gateway. Match on `code`; messages are for people and may change. */
export class GatewayError extends CodedError<GatewayErrorCode> {
  readonly status: Status | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: GatewayErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(code, message, options);
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}
nameError(GatewayError, "GatewayError");

/** Whether the gateway that something was published to has ended, and its connections with it. */
export function isUnknownGateway(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "IM_ERR_UNKNOWN_GATEWAY";
}

/** Checks options, by rules that the packages share. @throws `IM_ERR_INVALID_OPTION`, of this package's own class */
export function checkingOptions<T>(check: () => T): T {
  return checkOptionsAs((message) => new GatewayError("IM_ERR_INVALID_OPTION", message), check);
}
