import type { GatewayHooks } from "../diagnostics/gateway-hooks.js";
import type { Session, SessionEnd } from "./session.js";

/** The sessions of one gateway that are signed in now, in the order of their sign-ins. It is live, not a copy. */
export interface Sessions<Data = unknown> extends Iterable<Session<Data>> {
  readonly size: number;
}

/** Keeps the sessions that are signed in, and calls the hooks of those that come and go. */
export class OpenSessions {
  readonly #hooks: GatewayHooks;
  readonly #open = new Set<Session>();
  /** What users of the gateway see. */
  readonly view: Sessions = new SessionsView(this.#open);

  constructor(hooks: GatewayHooks) {
    this.#hooks = hooks;
  }

  signedIn(session: Session): void {
    this.#open.add(session);
    this.#hooks.signedIn?.(session);
  }

  ended(session: Session, end: SessionEnd): void {
    this.#open.delete(session);
    this.#hooks.ended?.(session, end);
  }
}

class SessionsView implements Sessions {
  readonly #open: ReadonlySet<Session>;

  constructor(open: ReadonlySet<Session>) {
    this.#open = open;
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#open.values();
  }
}
