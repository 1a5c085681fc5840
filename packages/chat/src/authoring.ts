// For authors of stores.

export { KeptRosters, Roster } from "./group-rosters.js";
export { covers, endedAt, ID_END, isCurrent, type MembershipPeriod, partsWithin } from "./membership-periods.js";
export { idAtMs, nanoseconds, nextMessageId } from "./message-ids.js";
export { pruneRegularly, type RetentionOptions, resolveRetention, retentionDefaults } from "./retention.js";
