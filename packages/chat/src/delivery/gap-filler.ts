import type { PushGap, Session } from "@im/gateway";
import type { ChatSettings } from "../chat-options.js";
import { idAtMs } from "../message-ids.js";
import type { CatchingUp } from "./catching-up.js";
import { messagePush } from "./message-push.js";

/** How far the clocks of this process and of the store may differ. */
const CLOCK_DIFFERENCE_MS = 5_000;
/** Sessions that are served at a time: the store has other work. */
const SESSIONS_AT_ONCE = 8;
const PAGE_ENTRIES = 200;

/** What a session may lack: messages after this id. */
interface Missing {
  afterId: bigint;
  /** Called with whether all of that was pushed. */
  readonly settle: ((isPushed: boolean) => void)[];
}

/** Pushes messages again that sessions may have missed: what their accounts' indexes have of that time. */
export class GapFiller {
  readonly #settings: Pick<ChatSettings, "gateway" | "store" | "report">;
  readonly #catchingUp: CatchingUp;
  /** Each session once, however often a connection comes and goes. */
  readonly #waiting = new Map<Session, Missing>();
  #workers = 0;

  constructor(settings: Pick<ChatSettings, "gateway" | "store" | "report">, catchingUp: CatchingUp) {
    this.#settings = settings;
    this.#catchingUp = catchingUp;
  }

  /** A session for which the store fails finds what it lacks in its index: what it acknowledges does not go past it. */
  fill({ sessions, lastMs }: PushGap): void {
    const afterId = idAtMs(Date.now() - lastMs - CLOCK_DIFFERENCE_MS);
    for (const session of sessions) this.#add(session, afterId);
    while (this.#workers < SESSIONS_AT_ONCE && this.#waiting.size > 0) void this.#work();
  }

  /** Pushes nothing more but what is under way. */
  stop(): void {
    this.#waiting.clear();
  }

  #add(session: Session, afterId: bigint): void {
    const missing = this.#waiting.get(session) ?? { afterId, settle: [] };
    this.#waiting.set(session, missing);
    if (afterId < missing.afterId) missing.afterId = afterId;
    missing.settle.push(this.#catchingUp.doubt(session, afterId));
  }

  async #work(): Promise<void> {
    this.#workers++;
    for (const [session, { afterId, settle }] of this.#waiting) {
      this.#waiting.delete(session);
      const isPushed = await this.#fill(session, afterId);
      for (const settleOne of settle) settleOne(isPushed);
    }
    this.#workers--;
  }

  /** @returns false if the store failed */
  async #fill(session: Session, afterId: bigint): Promise<boolean> {
    try {
      await this.#pushAll(session, afterId);
      return true;
    } catch (error) {
      this.#settings.report(error);
      return false;
    }
  }

  async #pushAll({ account, channelId }: Session, startId: bigint): Promise<void> {
    const { gateway, store } = this.#settings;
    for (let afterId = startId; ; ) {
      const entries = await store.index(account, { afterId, limit: PAGE_ENTRIES });
      const messageIds = entries.map(({ messageId }) => messageId);
      for (const message of await store.contents(account, messageIds)) {
        const { command, body, dest } = messagePush(message);
        void gateway.push({ channelId }, command, body, { dest });
      }
      if (entries.length < PAGE_ENTRIES) return;
      afterId = messageIds.at(-1)!;
    }
  }
}
