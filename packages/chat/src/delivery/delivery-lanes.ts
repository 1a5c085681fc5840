interface Lane {
  /** Settles when the last delivery is done. */
  last: Promise<void>;
  /** Of the deliveries that are not done, in the order in which they were added. */
  readonly ids: bigint[];
}

/**
 * One lane for each account that something is on its way to: deliveries to an account are made one after the other, in the
 * order in which they were added, whatever they wait for.
 */
export class DeliveryLanes {
  readonly #lanes = new Map<string, Lane>();

  /**
   * @param accounts to which it goes: it begins when all that was added before for any of them is done
   * @param deliver must not reject
   */
  add(messageId: bigint, accounts: readonly string[], deliver: () => Promise<void>): Promise<void> {
    const before = new Set<Promise<void>>();
    for (const account of accounts) {
      const lane = this.#lanes.get(account);
      if (lane) before.add(lane.last);
    }
    const last = (before.size === 0 ? deliver() : Promise.all(before).then(deliver)).then(() => this.#done(accounts));
    for (const account of accounts) {
      const lane = this.#lanes.get(account);
      if (!lane) this.#lanes.set(account, { last, ids: [messageId] });
      else {
        lane.last = last;
        lane.ids.push(messageId);
      }
    }
    return last;
  }

  /** The oldest message that is still on its way to an account. A repetition may be older than what was added before it. */
  oldestPending(account: string): bigint | undefined {
    const ids = this.#lanes.get(account)?.ids ?? [];
    let oldest = ids[0];
    for (const id of ids) if (id < oldest!) oldest = id;
    return oldest;
  }

  #done(accounts: readonly string[]): void {
    for (const account of accounts) {
      const lane = this.#lanes.get(account)!;
      lane.ids.shift();
      if (lane.ids.length === 0) this.#lanes.delete(account);
    }
  }
}
