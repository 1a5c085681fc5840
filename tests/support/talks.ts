import type { ChatTalker } from "./chat-talker.js";

const TICK_MS = 10;

/** Talks of random users at a rate. An open loop: a talk is sent when it is due, whether or not earlier ones were answered. */
export class Talks {
  readonly #users: readonly ChatTalker[];
  readonly #perSecond: number;
  readonly #isAway: (user: ChatTalker) => boolean;
  readonly #startMs = performance.now();
  readonly #talks: Promise<void>[] = [];
  readonly #timer = setInterval(() => this.#sendWhatIsDue(), TICK_MS);

  /** @param isAway says which users do not talk at the moment */
  constructor(users: readonly ChatTalker[], perSecond: number, isAway: (user: ChatTalker) => boolean = () => false) {
    this.#users = users;
    this.#perSecond = perSecond;
    this.#isAway = isAway;
  }

  /** How many were sent. */
  get count(): number {
    return this.#talks.length;
  }

  /** Sends no more. Resolves when all are acknowledged. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#talks);
  }

  #sendWhatIsDue(): void {
    const due = ((performance.now() - this.#startMs) / 1_000) * this.#perSecond;
    while (this.#talks.length < due) {
      const [sender, receiver] = [this.#someone(), this.#someone()];
      if (sender === receiver || this.#isAway(sender)) continue;
      this.#talks.push(sender.talk(receiver.name, this.#startMs + (this.#talks.length / this.#perSecond) * 1_000));
    }
  }

  #someone(): ChatTalker {
    return this.#users[Math.floor(Math.random() * this.#users.length)]!;
  }
}
