import { WireError, type WireErrorCode } from "./wire-error.js";

/** Longest header that is read or written unless an option says otherwise: 64 KiB. */
export const DEFAULT_MAX_HEADER_BYTES = 65_536;
/** Longest body that is read or written unless an option says otherwise: 1 MiB. */
export const DEFAULT_MAX_BODY_BYTES = 1_048_576;

/** The limits of one packet, in bytes. kim has none; here a length is checked before anything is allocated. */
export interface WireLimits {
  /** 0 … 4294967295, default {@link DEFAULT_MAX_HEADER_BYTES}. */
  readonly maxHeaderBytes?: number | undefined;
  /** 0 … 4294967295, default {@link DEFAULT_MAX_BODY_BYTES}. A BasicPkt never carries more than 65535. */
  readonly maxBodyBytes?: number | undefined;
}

export interface CheckedLimits {
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
}

const DEFAULT_LIMITS: CheckedLimits = {
  maxHeaderBytes: DEFAULT_MAX_HEADER_BYTES,
  maxBodyBytes: DEFAULT_MAX_BODY_BYTES,
};

/** Copies and checks the limits of a caller; throws IM_ERR_WIRE_ARGUMENT. */
export function checkLimits(limits: WireLimits | undefined): CheckedLimits {
  if (limits === undefined) return DEFAULT_LIMITS;
  const { maxHeaderBytes = DEFAULT_MAX_HEADER_BYTES, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = limits;
  return {
    maxHeaderBytes: checkLimit("maxHeaderBytes", maxHeaderBytes),
    maxBodyBytes: checkLimit("maxBodyBytes", maxBodyBytes),
  };
}

function checkLimit(name: keyof WireLimits, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  throw new WireError("IM_ERR_WIRE_ARGUMENT", `${name} must be an integer from 0 to 4294967295, not ${String(value)}.`);
}

/** Throws IM_ERR_HEADER_TOO_LARGE. */
export function checkHeaderLength(bytes: number, limits: CheckedLimits): void {
  if (bytes > limits.maxHeaderBytes) {
    throw tooLarge("IM_ERR_HEADER_TOO_LARGE", "header", bytes, "maxHeaderBytes", limits.maxHeaderBytes);
  }
}

/** Metas that a header may hold. Each takes memory of its own when it is read, however short it is. */
export const MAX_METAS = 256;

/** Throws IM_ERR_HEADER_TOO_LARGE. */
export function checkMetaCount(count: number): void {
  if (count <= MAX_METAS) return;
  throw new WireError("IM_ERR_HEADER_TOO_LARGE", `The header holds more than ${MAX_METAS} metas: send fewer.`);
}

/** Throws IM_ERR_BODY_TOO_LARGE. */
export function checkBodyLength(bytes: number, limits: CheckedLimits): void {
  if (bytes > limits.maxBodyBytes) {
    throw tooLarge("IM_ERR_BODY_TOO_LARGE", "body", bytes, "maxBodyBytes", limits.maxBodyBytes);
  }
}

function tooLarge(code: WireErrorCode, part: string, bytes: number, option: keyof WireLimits, allowed: number) {
  return new WireError(
    code,
    `The ${part} has ${bytes} bytes and ${allowed} are allowed: raise ${option} or send less.`,
  );
}
