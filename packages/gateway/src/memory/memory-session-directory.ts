import { GatewayError } from "../gateway-error.js";
import type { Entered, EnterOptions, Left, SessionDirectory, SessionRecord } from "../ports/session-directory.js";

/** Sessions of one account by device, the oldest first. */
type Devices = Map<string, SessionRecord>;

/** The directory of the gateways of one process. */
export class MemorySessionDirectory implements SessionDirectory {
  readonly #accounts = new Map<string, Devices>();
  /** When the lease of a gateway ends. */
  readonly #leases = new Map<string, number>();
  readonly #nowMs: () => number;

  /** @param nowMs a clock that only goes forward, in milliseconds; default `performance.now` */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  enter(session: SessionRecord, options: EnterOptions = {}): Entered {
    const { isReconnect = false, maxDevices = Number.POSITIVE_INFINITY } = options;
    if (!this.#hasLease(session.gatewayId)) {
      throw new GatewayError("IM_ERR_LEASE_LOST", `the gateway ${session.gatewayId} has no lease: renew it first`);
    }
    const devices = this.#accounts.get(session.account) ?? new Map<string, SessionRecord>();
    const living = this.#living(devices);
    const before = devices.get(session.device);
    const others = living.filter(({ device }) => device !== session.device);
    const surplus = others.slice(0, Math.max(0, others.length + 1 - maxDevices));
    const displaced = before ? [before, ...surplus] : surplus;
    if (isReconnect) {
      const isHolder = (one: SessionRecord) => one.connectId !== session.connectId && this.#hasLease(one.gatewayId);
      const holder = displaced.find(isHolder);
      if (holder) return { holder, displaced: [], isFirst: false };
    }
    for (const { device } of displaced) devices.delete(device);
    devices.set(session.device, session);
    this.#accounts.set(session.account, devices);
    return { displaced, isFirst: living.length === 0 };
  }

  leave({ account, device, channelId }: SessionRecord): Left {
    const devices = this.#accounts.get(account);
    if (devices?.get(device)?.channelId !== channelId) return { removed: false, isLast: false };
    devices.delete(device);
    if (devices.size === 0) this.#accounts.delete(account);
    return { removed: true, isLast: this.#living(devices).length === 0 };
  }

  find(accounts: readonly string[]): readonly SessionRecord[] {
    const found: SessionRecord[] = [];
    for (const account of accounts) {
      const devices = this.#accounts.get(account);
      if (devices) found.push(...this.#living(devices));
    }
    return found;
  }

  renew(gatewayId: string, leaseMs: number): boolean {
    const hadLease = this.#hasLease(gatewayId);
    if (!hadLease) this.retire(gatewayId);
    this.#leases.set(gatewayId, this.#nowMs() + leaseMs);
    return hadLease;
  }

  retire(gatewayId: string): void {
    const hadLease = this.#leases.delete(gatewayId);
    if (!hadLease) return;
    for (const [account, devices] of this.#accounts) {
      for (const session of devices.values()) if (session.gatewayId === gatewayId) devices.delete(session.device);
      if (devices.size === 0) this.#accounts.delete(account);
    }
  }

  #hasLease(gatewayId: string): boolean {
    const endsAtMs = this.#leases.get(gatewayId);
    return endsAtMs !== undefined && this.#nowMs() < endsAtMs;
  }

  #living(devices: Devices): SessionRecord[] {
    const living: SessionRecord[] = [];
    for (const session of devices.values()) if (this.#hasLease(session.gatewayId)) living.push(session);
    return living;
  }
}
