import { CloseCode } from "./contract/close-code.js";
import { MAX_CONTROL_PAYLOAD_BYTES } from "./contract/frame.js";
import { TransportError } from "./errors.js";

const MAX_REASON_BYTES = 123;
const encoder = /* @__PURE__ */ new TextEncoder();
/** A reason that begins with a byte order mark keeps it: `ignoreBOM` means that it is text like any other. */
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a code may stand in a Close frame (RFC 6455 §7.4; 1012–1014 are IANA's). */
export function isSendableCloseCode(code: number): boolean {
  return (
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1014 && code !== 1004 && code !== CloseCode.NoStatus && code !== CloseCode.Abnormal) ||
      (code >= 3000 && code <= 4999))
  );
}

/** @throws `IM_ERR_INVALID_FRAME` */
export function checkCloseCode(code: number): void {
  if (isSendableCloseCode(code)) return;
  throw new TransportError(
    "IM_ERR_INVALID_FRAME",
    `close code ${code} may not be sent: use 1000, 1001, 3000–4999 or another code of RFC 6455 §7.4`,
  );
}

/** Cuts a reason to what fits into a Close frame, never inside a character. */
export function cutReason(reason: string): string {
  // A character is at most three bytes per UTF-16 unit: most reasons need no encoding to be seen to fit.
  if (reason.length * 3 <= MAX_REASON_BYTES) return reason;
  const { read } = encoder.encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return reason.slice(0, read);
}

/** The payload of a Close frame: a big-endian code, then the reason in UTF-8 (RFC 6455 §5.5.1). */
export function encodeClosePayload(code: number, reason: string): Uint8Array {
  const text = encoder.encode(cutReason(reason));
  const payload = new Uint8Array(2 + text.length);
  payload[0] = code >> 8;
  payload[1] = code;
  payload.set(text, 2);
  return payload;
}

/** What a Close frame says; `undefined` if its payload is not valid (one byte, over 125, a forbidden code, no UTF-8). */
export function decodeClosePayload(payload: Uint8Array): { code: number; reason: string } | undefined {
  if (payload.length === 0) return { code: CloseCode.NoStatus, reason: "" };
  if (payload.length === 1 || payload.length > MAX_CONTROL_PAYLOAD_BYTES) return undefined;
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isSendableCloseCode(code)) return undefined;
  try {
    return { code, reason: decoder.decode(payload.subarray(2)) };
  } catch {
    return undefined;
  }
}
