// For authors of stores.

export { covers, endedAt, ID_END, isCurrent, type MembershipPeriod, partsWithin } from "./membership-periods.js";
export { idAtMs, nanoseconds, nextMessageId } from "./message-ids.js";
