import { TransportError } from "./errors.js";

/** Where in the application's code an error came up. */
export interface ErrorContext {
  readonly during: "listen" | "handshake" | "upgrade" | "accept" | "receive" | "disconnect" | "channel map" | "hook";
  /** Absent while a connection has no id yet. */
  readonly channelId?: string;
}

/** Called with errors that have no caller to catch them. What it throws itself is ignored. */
export type ErrorReporter = (error: unknown, context: ErrorContext) => unknown;

/** Not faults of the application: a peer that left before its answer, that was refused, or that was too slow. */
const ordinary = new Set<string>([
  "IM_ERR_CLOSED",
  "IM_ERR_DUPLICATE_ID",
  "IM_ERR_LOGIN_REFUSED",
  "IM_ERR_LOGIN_TIMEOUT",
]);

/** Whether an error is to be expected on an open network, and no fault of this side. */
export function isOrdinary(error: unknown): boolean {
  return error instanceof TransportError && ordinary.has(error.code);
}

/** Writes to the console what is not ordinary on an open network. */
export const reportToConsole: ErrorReporter = (error, { during, channelId }) => {
  if (isOrdinary(error)) return;
  console.error(`@im: error during ${during}${channelId === undefined ? "" : ` of channel ${channelId}`}:`, error);
};
