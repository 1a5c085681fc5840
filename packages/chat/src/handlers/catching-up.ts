import type { Session } from "@im/gateway";

/** What a session has been given of its index. */
interface Given {
  readonly upToId: bigint;
  readonly isAll: boolean;
}

/**
 * How far the sessions of this gateway have read their index. A client that is still catching up gets new messages as well: if
 * it acknowledged them, the pages that it has not read yet would be behind its position, and lost at the next sign-in.
 */
export class CatchingUp {
  readonly #given = new WeakMap<Session, Given>();

  /** @param upToId the last of a page, or where the page begins @param isAll whether no more were there */
  gave(session: Session, upToId: bigint, isAll: boolean): void {
    const before = this.#given.get(session);
    if (!before?.isAll) this.#given.set(session, { upToId, isAll });
  }

  /** A message was not pushed to accounts that may be here: their sessions do not have it before they read their index again. */
  missed(sessions: Iterable<Session>, accounts: ReadonlySet<string>, messageId: bigint): void {
    for (const session of sessions) {
      if (!accounts.has(session.account)) continue;
      const before = this.#given.get(session);
      const isBehind = before !== undefined && !before.isAll && before.upToId < messageId;
      if (!isBehind) this.#given.set(session, { upToId: messageId - 1n, isAll: false });
    }
  }

  /** Up to where the session may acknowledge. */
  reached(session: Session, messageId: bigint): bigint {
    const { upToId, isAll } = this.#given.get(session) ?? { upToId: 0n, isAll: false };
    return isAll || messageId < upToId ? messageId : upToId;
  }
}
