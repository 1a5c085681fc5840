import type { CloseInfo } from "@im/transport-core";
import { closeText } from "@im/transport-core/internal";
import { ClientError } from "./errors.js";

/** Why a client can neither read nor send any more. */
export function connectionEnded(closeInfo: CloseInfo): ClientError {
  return new ClientError("IM_ERR_CLIENT_CLOSED", `the connection ended ${closeText(closeInfo)}`, { closeInfo });
}
