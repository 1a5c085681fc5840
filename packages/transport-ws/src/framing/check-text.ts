import { isUtf8 } from "node:buffer";
import { TransportError } from "@im/transport-core";

/** A peer closes the connection at a Text frame that is not UTF-8 (RFC 6455 §8.1). @throws `IM_ERR_INVALID_FRAME` */
export function checkText(payload: Uint8Array): void {
  if (!isUtf8(payload)) throw new TransportError("IM_ERR_INVALID_FRAME", "a Text frame must be UTF-8");
}
