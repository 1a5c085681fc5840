import type { TransportHooks } from "../contract/transport-hooks.js";

export const hookNames = [
  "accepted",
  "refused",
  "opened",
  "received",
  "sent",
  "written",
  "blocked",
  "dropped",
  "closed",
] as const satisfies readonly (keyof TransportHooks)[];
