import { isBytes } from "@im/transport-core/internal";
import { WireError } from "../packet/wire-error.js";

/** The IM_ERR_BODY_INVALID of values that are no message of this name. */
export function unwritableBody(typeName: string, cause: unknown): WireError {
  return invalid(`This is no ${typeName}`, "Correct the value that is named.", cause);
}

/** The IM_ERR_BODY_INVALID of bytes that are no message of this name. */
export function unreadableBody(typeName: string, cause: unknown): WireError {
  return invalid(
    `The body is no ${typeName}`,
    "Answer Status.InvalidPacketBody, or read it as another message.",
    cause,
  );
}

/** Throws IM_ERR_WIRE_ARGUMENT. */
export function checkBodyBytes(body: unknown): void {
  if (isBytes(body)) return;
  throw new WireError("IM_ERR_WIRE_ARGUMENT", `A body is read from a Uint8Array, not from a ${typeof body}.`);
}

function invalid(what: string, advice: string, cause: unknown): WireError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WireError("IM_ERR_BODY_INVALID", `${what}: ${reason}. ${advice}`, { cause });
}
