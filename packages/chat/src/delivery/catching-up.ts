import type { Session } from "@im/gateway";

/** What a session has been given of its index. */
interface Given {
  readonly upToId: bigint;
  readonly isAll: boolean;
}

/** What is to be pushed to a session again. */
interface Doubts {
  open: number;
  /** Whether it has all when none is open any more. */
  isAllAfter: boolean;
}

/**
 * How far the sessions of this gateway have read their index. A client that is still catching up gets new messages as well: if
 * it acknowledged them, the pages that it has not read yet would be behind its position, and lost at the next sign-in.
 */
export class CatchingUp {
  readonly #given = new WeakMap<Session, Given>();
  readonly #doubts = new WeakMap<Session, Doubts>();

  /** @param upToId the last of a page, or where the page begins @param isAll whether no more were there */
  gave(session: Session, upToId: bigint, isAll: boolean): void {
    const before = this.#given.get(session);
    if (!before?.isAll) this.#given.set(session, { upToId, isAll });
  }

  /** A message was not pushed to accounts that may be here: their sessions do not have it before they read their index again. */
  missed(sessions: Iterable<Session>, accounts: ReadonlySet<string>, messageId: bigint): void {
    for (const session of sessions) {
      if (!accounts.has(session.account)) continue;
      const doubts = this.#doubts.get(session);
      // It is not pushed again with what is in doubt.
      if (doubts) doubts.isAllAfter = false;
      this.#hold(session, messageId);
    }
  }

  /**
   * From this id on the session may lack something that is to be pushed to it again.
   *
   * @returns call it once, with whether all of that was pushed. The session may acknowledge it when no doubt is left.
   */
  doubt(session: Session, afterId: bigint): (isPushed: boolean) => void {
    const doubts = this.#doubts.get(session) ?? { open: 0, isAllAfter: this.#given.get(session)?.isAll ?? false };
    this.#doubts.set(session, doubts);
    doubts.open++;
    this.#hold(session, afterId + 1n);
    return (isPushed) => {
      doubts.isAllAfter &&= isPushed;
      if (--doubts.open > 0) return;
      this.#doubts.delete(session);
      if (doubts.isAllAfter) this.gave(session, afterId, true);
    };
  }

  /** Up to where the session may acknowledge. */
  reached(session: Session, messageId: bigint): bigint {
    const { upToId, isAll } = this.#given.get(session) ?? { upToId: 0n, isAll: false };
    return isAll || messageId < upToId ? messageId : upToId;
  }

  /** It acknowledges nothing from this message on. */
  #hold(session: Session, messageId: bigint): void {
    const before = this.#given.get(session);
    const isBehind = before !== undefined && !before.isAll && before.upToId < messageId;
    if (!isBehind) this.#given.set(session, { upToId: messageId - 1n, isAll: false });
  }
}
