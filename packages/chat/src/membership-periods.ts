/** From a join to a quit, both as ids; what was said between them is visible to the member. */
export interface MembershipPeriod {
  readonly joinId: bigint;
  /** In Unix nanoseconds. */
  readonly joinTime: bigint;
  /** Undefined for a member. */
  readonly quitId?: bigint | undefined;
}

/** Above every id. */
export const ID_END = 1n << 63n;

/** Whether the last period has not ended. */
export function isCurrent(periods: readonly MembershipPeriod[] | undefined): boolean {
  const last = periods?.at(-1);
  return last !== undefined && last.quitId === undefined;
}

/** Whether a message of this id was said within one of them. */
export function covers(periods: readonly MembershipPeriod[] | undefined, messageId: bigint): boolean {
  return periods?.some(({ joinId, quitId = ID_END }) => joinId < messageId && messageId < quitId) ?? false;
}

/** The parts of the periods within `fromId < id < toId`, oldest first. */
export function partsWithin(
  periods: readonly MembershipPeriod[],
  fromId: bigint,
  toId: bigint,
): readonly { readonly fromId: bigint; readonly toId: bigint }[] {
  return periods
    .map(({ joinId, quitId = ID_END }) => ({
      fromId: joinId > fromId ? joinId : fromId,
      toId: quitId < toId ? quitId : toId,
    }))
    .filter((part) => part.fromId + 1n < part.toId);
}

/** The periods with their last one ended. */
export function endedAt(periods: readonly MembershipPeriod[], quitId: bigint): readonly MembershipPeriod[] {
  return [...periods.slice(0, -1), { ...periods.at(-1)!, quitId }];
}
