import type { ChatState, Conversation } from "../../shared/chat-state.js";
import { type Tick, tickOf, tickOfOutgoing } from "../../shared/chat-views.js";
import { isSameDay } from "../times.js";

/** Messages of one sender within this time stand together. */
const RUN_MS = 300_000;

/** A message as it is shown. */
export interface Bubble {
  readonly kind: "bubble";
  readonly key: string;
  readonly isOwn: boolean;
  readonly sender: string;
  readonly text: string;
  readonly atMs: number;
  /** Whether it is the first of its sender's messages that stand together. */
  readonly startsRun: boolean;
  /** How far it has come, if this account sent it. */
  readonly tick?: Tick;
  readonly refusal?: string;
}

/** One row of the log. */
export type LogItem =
  | Bubble
  | { readonly kind: "day"; readonly key: string; readonly atMs: number }
  /** What follows was not read when the conversation was opened. */
  | { readonly kind: "new"; readonly key: string };

type Plain = Omit<Bubble, "kind" | "startsRun">;

/** The rows of a conversation. @param newAfterId where "new" stands; undefined for nowhere */
export function logItems(
  conversation: Conversation,
  state: Pick<ChatState, "me" | "connection">,
  newAfterId: bigint | undefined,
): readonly LogItem[] {
  const { me } = state;
  const items: LogItem[] = [];
  let before: Plain | undefined;
  let isNewShown = newAfterId === undefined;
  const add = (bubble: Plain) => {
    if (!before || !isSameDay(before.atMs, bubble.atMs)) {
      items.push({ kind: "day", key: `day ${new Date(bubble.atMs).toDateString()}`, atMs: bubble.atMs });
      before = undefined;
    }
    const startsRun = before?.sender !== bubble.sender || bubble.atMs - before.atMs > RUN_MS;
    items.push({ ...bubble, kind: "bubble", startsRun });
    before = bubble;
  };
  for (const message of conversation.messages) {
    const { messageId, sender, text, sentAtMs: atMs, sendId } = message;
    const isOwn = sender === me;
    if (!isNewShown && !isOwn && messageId > newAfterId!) {
      items.push({ kind: "new", key: "new" });
      isNewShown = true;
      before = undefined;
    }
    const key = sendId ?? `message ${messageId}`;
    add({ key, isOwn, sender, text, atMs, ...(isOwn && { tick: tickOf(conversation, message) }) });
  }
  for (const one of conversation.outgoing) {
    const { sendId: key, text, atMs, refusal } = one;
    const tick = tickOfOutgoing(one, state);
    add({ key, isOwn: true, sender: me, text, atMs, tick, ...(refusal !== undefined && { refusal }) });
  }
  return items;
}
