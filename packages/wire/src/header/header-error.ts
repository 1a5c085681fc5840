import { WireError } from "../packet/wire-error.js";
import { MalformedField } from "../protobuf/malformed-field.js";

/** The IM_ERR_HEADER_INVALID for a MalformedField that was found in a header; any other error as it is. */
export function headerError(cause: unknown): unknown {
  if (!(cause instanceof MalformedField)) return cause;
  return new WireError("IM_ERR_HEADER_INVALID", `The header is damaged: ${cause.message}. Close the connection.`, {
    cause,
  });
}
