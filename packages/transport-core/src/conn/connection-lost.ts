import { CloseCode } from "../contract/close-code.js";
import { type CloseInfo, TransportError } from "../errors.js";

/** For drivers: the end of a socket without a Close frame, with the system's error if there was one. */
export function connectionLost(cause: Error | undefined): CloseInfo {
  if (!cause) return { code: CloseCode.Abnormal, reason: "", clean: false };
  const error = new TransportError("IM_ERR_CONNECTION_LOST", `the connection broke: ${cause.message}`, { cause });
  return { code: CloseCode.Abnormal, reason: cause.message, clean: false, error };
}
