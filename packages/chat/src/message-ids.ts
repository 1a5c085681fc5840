/** Bits below the milliseconds: a million ids in each before a clock that stands still is overtaken. */
const BITS_BELOW_MS = 20n;

/** Where a time stands among the ids: those of earlier messages are smaller, if the clock was right. */
export function idAtMs(timeMs: number): bigint {
  return BigInt(Math.max(0, Math.floor(timeMs))) << BITS_BELOW_MS;
}

/** The next id: above the last, whatever the clock says, and near the time where that is possible. */
export function nextMessageId(lastId: bigint, nowMs: number): bigint {
  const byClock = idAtMs(nowMs);
  return byClock > lastId ? byClock : lastId + 1n;
}

/** Unix nanoseconds, as kim's messages have them. */
export function nanoseconds(timeMs: number): bigint {
  return BigInt(Math.floor(timeMs)) * 1_000_000n;
}
