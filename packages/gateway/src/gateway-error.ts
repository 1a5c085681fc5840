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
  "IM_ERR_QUEUE_FULL",
  "IM_ERR_SESSION_OVER",
  "IM_ERR_UNAUTHORIZED",
  "IM_ERR_UNKNOWN_GATEWAY",
] as const;
export type GatewayErrorCode = (typeof gatewayErrorCodes)[number];

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** Of an `IM_ERR_UNAUTHORIZED`: the status of the response to the sign-in. @default `Status.Unauthorized` */
  readonly status?: Status | undefined;
  /** Of an `IM_ERR_UNAUTHORIZED`: how long the client is to wait, in milliseconds. @default the client decides */
  readonly retryAfterMs?: number | undefined;
}

/** An error of the gateway. Match on `code`; messages are for people and may change. */
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

/** Whether the gateway that a delivery was published to has ended, and its connections with it. */
export function isUnknownGateway(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "IM_ERR_UNKNOWN_GATEWAY";
}

/** Runs checks of options that the packages share. @throws a GatewayError `IM_ERR_INVALID_OPTION` */
export function checkingOptions<T>(check: () => T): T {
  return checkOptionsAs((message) => new GatewayError("IM_ERR_INVALID_OPTION", message), check);
}
