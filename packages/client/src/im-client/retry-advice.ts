import type { CloseInfo } from "@im/transport-core";
import { extensionMetaKeys, type LogicPkt, MetaType } from "@im/wire";

/** Nobody is sent away for longer: by then the server may have forgotten that it asked. */
const MAX_ADVICE_MS = 24 * 60 * 60 * 1_000;

/**
 * How long the server asked us to stay away, in milliseconds: by a meta of its answer to the sign-in, or by
 * `Retry-After: <seconds>` in the reason of its Close. 0 if it did not; at most a day.
 */
export function retryAdviceMs({ response, closeInfo }: { response?: LogicPkt; closeInfo?: CloseInfo }): number {
  const seconds = /^Retry-After: (\d+)$/i.exec(closeInfo?.reason ?? "")?.[1];
  if (seconds) return Math.min(Number(seconds) * 1_000, MAX_ADVICE_MS);
  const advice = response?.meta.find(({ key }) => key === extensionMetaKeys.retryAfterMs);
  const isWait = advice?.type === MetaType.Int && /^\d+$/.test(advice.value);
  return isWait ? Math.min(Number(advice.value), MAX_ADVICE_MS) : 0;
}
