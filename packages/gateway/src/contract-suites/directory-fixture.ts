import type { SessionDirectory, SessionRecord } from "../ports/session-directory.js";
import type { Case, Fixture } from "./test-runner.js";

/** A directory under test. */
export interface DirectoryFixture extends Fixture<SessionDirectory> {
  /** Takes all its data from it, leases too, as a restart of a store that keeps none. */
  empty(): void | Promise<void>;
}

export type DirectoryCase = Case<SessionDirectory, DirectoryFixture>;

export const LEASE_MS = 1_000;

export function record(account: string, device: string, channelId: string, gatewayId = "gateway-1"): SessionRecord {
  return {
    account,
    device,
    channelId,
    gatewayId,
    app: "app",
    zone: "z",
    isp: "i",
    remoteIp: "::1",
    tags: ["t,1", "t2"],
    connectId: `connect of ${channelId}`,
  };
}

export const byChannel = (sessions: readonly SessionRecord[]) =>
  [...sessions].sort((a, b) => (a.channelId < b.channelId ? -1 : 1));
