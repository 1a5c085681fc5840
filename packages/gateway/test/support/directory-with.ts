import type { SessionDirectory } from "../../src/index.js";

/** A directory of which some calls are another's. */
export function directoryWith(directory: SessionDirectory, calls: Partial<SessionDirectory>): SessionDirectory {
  return {
    enter: (session, options) => directory.enter(session, options),
    restore: (sessions, options) => directory.restore(sessions, options),
    leave: (session) => directory.leave(session),
    find: (accounts) => directory.find(accounts),
    renew: (gatewayId, leaseMs) => directory.renew(gatewayId, leaseMs),
    retire: (gatewayId) => directory.retire(gatewayId),
    ...calls,
  };
}
