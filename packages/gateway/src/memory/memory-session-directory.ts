import type {
  Entered,
  EnteredSession,
  EnterOptions,
  Left,
  Restored,
  SessionDirectory,
  SessionRecord,
} from "../ports/session-directory.js";

/** The sessions of one account by device. */
type Devices = Map<string, EnteredSession>;

/** The directory of the gateways of one process. */
export class MemorySessionDirectory implements SessionDirectory {
  readonly #accounts = new Map<string, Devices>();
  /** When the lease of a gateway ends. */
  readonly #leases = new Map<string, number>();
  readonly #nowMs: () => number;
  #lastEpoch = 0;

  /** @param nowMs a clock that only goes forward, in milliseconds; default `performance.now` */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  enter(session: SessionRecord, options: EnterOptions = {}): Entered {
    const { account, device, connectId } = session;
    const before = this.#accounts.get(account)?.get(device)?.session;
    const devices = this.#livingOnly(account);
    const surplus = surplusBeside(device, devices, options).map((other) => other.session);
    const displaced = before ? [before, ...surplus] : surplus;
    if (options.isReconnect) {
      const isHolder = (other: SessionRecord) => other.connectId !== connectId && this.#hasLease(other.gatewayId);
      const holder = displaced.find(isHolder);
      if (holder) return { holder, epoch: 0, displaced: [], isFirst: false };
    }
    const isFirst = devices.size === 0;
    const epoch = Math.max(Math.floor(this.#nowMs() * 1_000), this.#lastEpoch + 1);
    this.#place({ session, epoch }, displaced, devices);
    return { epoch, displaced, isFirst };
  }

  restore(sessions: readonly EnteredSession[], options: Pick<EnterOptions, "maxDevices"> = {}): readonly Restored[] {
    return sessions.map((one) => this.#restore(one, options));
  }

  #restore(one: EnteredSession, options: Pick<EnterOptions, "maxDevices">): Restored {
    const { account, device, channelId } = one.session;
    const devices = this.#livingOnly(account);
    const before = devices.get(device);
    if (before?.session.channelId === channelId) return { outcome: "kept", displaced: [] };
    const surplus = surplusBeside(device, devices, options);
    const others = before ? [before, ...surplus] : surplus;
    if (others.some(({ epoch }) => epoch > one.epoch)) return { outcome: "displaced", displaced: [] };
    const displaced = others.map(({ session }) => session);
    this.#place(one, displaced, devices);
    return { outcome: "restored", displaced };
  }

  leave({ account, device, channelId }: SessionRecord): Left {
    const devices = this.#accounts.get(account);
    if (devices?.get(device)?.session.channelId !== channelId) return { removed: false, isLast: false };
    devices.delete(device);
    return { removed: true, isLast: this.#livingOnly(account).size === 0 };
  }

  find(accounts: readonly string[]): readonly SessionRecord[] {
    const found: SessionRecord[] = [];
    for (const account of accounts) {
      const devices = this.#accounts.get(account);
      if (!devices) continue;
      for (const { session } of devices.values()) if (this.#hasLease(session.gatewayId)) found.push(session);
    }
    return found;
  }

  renew(gatewayId: string, leaseMs: number): boolean {
    const hadLease = this.#hasLease(gatewayId);
    this.#leases.set(gatewayId, this.#nowMs() + leaseMs);
    return hadLease;
  }

  retire(gatewayId: string): void {
    this.#leases.delete(gatewayId);
    for (const account of [...this.#accounts.keys()]) this.#livingOnly(account);
  }

  /** Forgets everything, as a store does that restarts without its data. */
  clear(): void {
    this.#accounts.clear();
    this.#leases.clear();
    this.#lastEpoch = 0;
  }

  #place(one: EnteredSession, displaced: readonly SessionRecord[], devices: Devices): void {
    for (const { device } of displaced) devices.delete(device);
    devices.set(one.session.device, one);
    this.#accounts.set(one.session.account, devices);
    this.#lastEpoch = Math.max(this.#lastEpoch, one.epoch);
  }

  /** The devices of an account, after sessions whose gateways have no lease were forgotten. */
  #livingOnly(account: string): Devices {
    const devices: Devices = this.#accounts.get(account) ?? new Map();
    for (const [device, { session }] of devices) if (!this.#hasLease(session.gatewayId)) devices.delete(device);
    if (devices.size === 0) this.#accounts.delete(account);
    return devices;
  }

  #hasLease(gatewayId: string): boolean {
    const endsAtMs = this.#leases.get(gatewayId);
    return endsAtMs !== undefined && this.#nowMs() < endsAtMs;
  }
}

/** The oldest sessions on other devices that must go, so that this device is one of `maxDevices`. */
function surplusBeside(device: string, devices: Devices, options: EnterOptions): readonly EnteredSession[] {
  const { maxDevices = Number.POSITIVE_INFINITY } = options;
  if (devices.size < maxDevices) return [];
  const others = [...devices.values()].filter(({ session }) => session.device !== device);
  return others.sort((a, b) => a.epoch - b.epoch).slice(0, Math.max(0, others.length + 1 - maxDevices));
}
