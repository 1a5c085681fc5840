import { CloseCode } from "../contract/close-code.js";
import type { CloseInfo } from "../errors.js";

/** IANA's registry: service restart. */
const SERVICE_RESTART = 1012;
/** After these it helps to connect again; after others the same may end alike, and a gateway's kick-out (4001) forbids it. */
const passing: ReadonlySet<number> = /* @__PURE__ */ new Set([
  CloseCode.Normal,
  CloseCode.GoingAway,
  CloseCode.NoStatus,
  CloseCode.Abnormal,
  CloseCode.InternalError,
  SERVICE_RESTART,
  CloseCode.Timeout,
]);

/** How a connection ended, in brackets, and what may help, which depends on the code. */
export function closeText({ code, reason }: CloseInfo): string {
  const advice =
    code === CloseCode.TryAgainLater ? "; connect again later" : passing.has(code) ? "; connect again" : "";
  return `(${code}${reason && `: ${reason}`})${advice}`;
}
