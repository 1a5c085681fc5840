import type { MaybePromise, Session } from "@im/gateway";
import type { Conversation, NewMessage } from "./ports/message-log.js";

/** Forbids something; the sender reads why. Clients do not try it again. */
export interface Refused {
  readonly refused: string;
}

/**
 * What an application forbids or changes. Each rule may be async; one that throws is answered with SystemException, after which
 * clients try again.
 */
export interface ChatRules {
  /** Before a message is stored: whether it may be sent. @default all may */
  mayTalk?(session: Session, to: Conversation): MaybePromise<true | Refused>;
  /** The message that is stored and pushed in place of the one that was sent. Its sender and receiver stay. @default the same */
  review?(message: NewMessage, session: Session): MaybePromise<Pick<NewMessage, "type" | "body" | "extra"> | Refused>;
  /** Whether an account may be put into a group by this session. @default each account joins by itself */
  mayJoin?(session: Session, groupId: string, account: string): MaybePromise<true | Refused>;
  /** Whether the session may see if the account is online. @default all may */
  mayWatch?(session: Session, account: string): MaybePromise<boolean>;
}

export const ruleNames = ["mayTalk", "review", "mayJoin", "mayWatch"] as const satisfies readonly (keyof ChatRules)[];
