import type { CloseInfo } from "@im/transport-core";
import { getMetaInt, type LogicPkt } from "@im/wire";

/** In a response that refuses the sign-in: an int, the milliseconds by which to stay away. */
const RETRY_AFTER_META = "im.retry-after-ms";

/**
 * How long the server asked us to stay away, in milliseconds: by a meta of its answer to the sign-in, or by
 * `Retry-After: <seconds>` in the reason of its Close. 0 if it did not.
 */
export function retryAdviceMs({ response, closeInfo }: { response?: LogicPkt; closeInfo?: CloseInfo }): number {
  const seconds = /^Retry-After: (\d{1,5})$/i.exec(closeInfo?.reason ?? "")?.[1];
  if (seconds) return Number(seconds) * 1_000;
  try {
    return Math.max(0, (response && getMetaInt(response, RETRY_AFTER_META)) ?? 0);
  } catch {
    return 0;
  }
}
