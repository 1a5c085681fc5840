export interface PresenceChange {
  /** The life of the gateway that emitted it. */
  readonly life: string;
  readonly account: string;
  readonly event: "online" | "offline";
}

/** The presence events of all gateways, in order. */
export class PresenceRecord {
  readonly changes: PresenceChange[] = [];
  readonly #write: (life: string, what: string) => void;

  constructor(write: (life: string, what: string) => void) {
    this.#write = write;
  }

  emitted(life: string, account: string, event: "online" | "offline"): void {
    this.changes.push({ life, account, event });
    this.#write(life, `presence: ${account} ${event}`);
  }
}
