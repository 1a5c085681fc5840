import { TransportError } from "@im/transport-core";
import { MetaType } from "@im/wire";
import { extensionMetaKeys } from "@im/wire/codec";
import { ClientError } from "../errors.js";

/** The longest wait that a server may ask for. */
const MAX_ADVICE_MS = 24 * 60 * 60 * 1_000;

/**
 * How long the server asked the client to stay away, in milliseconds: by a meta of its answer to the sign-in, or by
 * `Retry-After: <seconds>` in the reason of its Close. 0 if it did not; at most a day.
 *
 * @param error why there is no connection; only errors of our own classes count
 */
export function retryAdviceMs(error: Error): number {
  const closeInfo = error instanceof ClientError || error instanceof TransportError ? error.closeInfo : undefined;
  const response = error instanceof ClientError ? error.response : undefined;
  const seconds = /^Retry-After: (\d+)$/i.exec(closeInfo?.reason ?? "")?.[1];
  if (seconds) return Math.min(Number(seconds) * 1_000, MAX_ADVICE_MS);
  const advice = response?.meta.find(({ key }) => key === extensionMetaKeys.retryAfterMs);
  const isWait = advice?.type === MetaType.Int && /^\d+$/.test(advice.value);
  return isWait ? Math.min(Number(advice.value), MAX_ADVICE_MS) : 0;
}
