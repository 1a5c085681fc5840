import { CloseCode, type CloseInfo } from "@im/transport-core";
import { ClientError } from "./errors.js";

/** IANA's registry: service restart. */
const SERVICE_RESTART = 1012;
/** After these it helps to connect again; after others the same may end alike, and a kick-out (4001) forbids it. */
const passing: ReadonlySet<number> = new Set([
  CloseCode.Normal,
  CloseCode.GoingAway,
  CloseCode.NoStatus,
  CloseCode.Abnormal,
  CloseCode.InternalError,
  SERVICE_RESTART,
  CloseCode.Timeout,
]);

/** Why a client can neither read nor send any more. */
export function connectionEnded(closeInfo: CloseInfo): ClientError {
  const { code, reason } = closeInfo;
  const why = reason ? `: ${reason}` : "";
  const advice =
    code === CloseCode.TryAgainLater ? "; connect again later" : passing.has(code) ? "; connect again" : "";
  return new ClientError("IM_ERR_CLIENT_CLOSED", `the connection ended (${code}${why})${advice}`, { closeInfo });
}
