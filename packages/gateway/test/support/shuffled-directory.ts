import {
  type EnteredSession,
  type EnterOptions,
  MemorySessionDirectory,
  type SessionDirectory,
  type SessionRecord,
} from "../../src/index.js";

/** Numbers that look random and are the same for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Lets up to three turns of the event loop pass, or none at all. */
export async function someTurns(random: (below: number) => number): Promise<void> {
  for (let turns = random(4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * A directory behind a slow network: each call and each answer arrives after a random delay. It remembers the last
 * session to enter each place.
 */
export class ShuffledDirectory implements SessionDirectory {
  readonly #memory = new MemorySessionDirectory();
  readonly #random: (below: number) => number;
  readonly lastEntered = new Map<string, SessionRecord>();

  constructor(random: (below: number) => number) {
    this.#random = random;
  }

  enter(session: SessionRecord, options?: EnterOptions) {
    return this.#far(() => {
      this.lastEntered.set(JSON.stringify([session.account, session.device]), session);
      return this.#memory.enter(session, options);
    });
  }

  restore(sessions: readonly EnteredSession[], options?: EnterOptions) {
    return this.#far(() => this.#memory.restore(sessions, options));
  }

  leave(session: SessionRecord) {
    return this.#far(() => this.#memory.leave(session));
  }

  find(accounts: readonly string[]) {
    return this.#memory.find(accounts);
  }

  renew(gatewayId: string, leaseMs: number) {
    return this.#memory.renew(gatewayId, leaseMs);
  }

  retire(gatewayId: string) {
    return this.#memory.retire(gatewayId);
  }

  async #far<T>(call: () => T): Promise<T> {
    await someTurns(this.#random);
    const answer = call();
    await someTurns(this.#random);
    return answer;
  }
}
