import type { ClientStatus } from "@im/client";
import type { ChatEvent, Group, Marks, Message } from "./chat-event.js";
import { type ConversationKey, isGroup, partsOf, withAccount } from "./conversation-key.js";

/** A message of this account that the server has not stored yet. */
export interface Outgoing {
  readonly sendId: string;
  readonly text: string;
  readonly atMs: number;
  /** Whether it has left. */
  readonly isSent: boolean;
  /** Why the server refused it. */
  readonly refusal?: string;
}

export interface Conversation extends Marks {
  readonly key: ConversationKey;
  /** The account, or the name of the group. */
  readonly title: string;
  /** By id, each once. */
  readonly messages: readonly Message[];
  readonly outgoing: readonly Outgoing[];
  /** Whether `messages` begins with the first message of the conversation. */
  readonly hasBeginning: boolean;
  /** Of a group, once they are known. */
  readonly members: readonly string[];
  /** Whether the marks have come from the server: before that nothing counts as unread. */
  readonly hasMarks: boolean;
}

export interface ChatState {
  readonly me: string;
  readonly connection: ClientStatus;
  readonly conversations: ReadonlyMap<ConversationKey, Conversation>;
  readonly online: ReadonlySet<string>;
  /** Whether the server has said which groups the account is in. */
  readonly hasGroups: boolean;
}

export function initialState(me: string): ChatState {
  return { me, connection: { state: "idle" }, conversations: new Map(), online: new Set(), hasGroups: false };
}

/** The state after an event. Pure: what does not change stays the same object. */
export function afterEvent(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case "connection":
      return { ...state, connection: event.status };
    case "messages":
      return withMessages(state, event.messages);
    case "stored":
      return withMessages(withoutOutgoing(state, event.message.conversation, event.sendId), [event.message]);
    case "outgoing": {
      const { sendId, text, atMs } = event;
      return change(state, event.conversation, ({ outgoing }) => ({
        outgoing: [...outgoing.filter((one) => one.sendId !== sendId), { sendId, text, atMs, isSent: false }],
      }));
    }
    case "sent":
    case "waiting":
      return changeOutgoing(state, event, { isSent: event.type === "sent" });
    case "refused":
      return changeOutgoing(state, event, { refusal: event.reason });
    case "discarded":
      return withoutOutgoing(state, event.conversation, event.sendId);
    case "beginning":
      return change(state, event.conversation, () => ({ hasBeginning: true }));
    case "marks":
      return change(state, event.conversation, (before) => ({ ...furthest(before, event.marks), hasMarks: true }));
    case "people":
      return event.accounts.reduce((next, account) => change(next, withAccount(account), () => ({})), state);
    case "group":
      return change(state, event.conversation, () => ({ title: event.name }));
    case "groups":
      return { ...withGroups(state, event.groups), hasGroups: true };
    case "left":
      return withoutConversation(state, event.conversation);
    case "members":
      return change(state, event.conversation, () => ({ members: event.accounts }));
    case "presence": {
      const online = new Set(state.online);
      for (const { account, isOnline } of event.states) isOnline ? online.add(account) : online.delete(account);
      return { ...state, online };
    }
  }
}

function change(
  state: ChatState,
  key: ConversationKey,
  update: (before: Conversation) => Partial<Conversation>,
): ChatState {
  const before = state.conversations.get(key) ?? emptyConversation(key);
  return { ...state, conversations: new Map(state.conversations).set(key, { ...before, ...update(before) }) };
}

/** With these groups and no others. The catch-up of a new device can contain messages of a group that the account has left. */
function withGroups(state: ChatState, groups: readonly Group[]): ChatState {
  const current = new Set(groups.map(({ conversation }) => conversation));
  const left = [...state.conversations.keys()].filter((key) => isGroup(key) && !current.has(key));
  const remaining = left.reduce(withoutConversation, state);
  return groups.reduce(
    (next, { conversation, name }) => change(next, conversation, () => ({ title: name })),
    remaining,
  );
}

function withoutConversation(state: ChatState, key: ConversationKey): ChatState {
  const conversations = new Map(state.conversations);
  conversations.delete(key);
  return { ...state, conversations };
}

function emptyConversation(key: ConversationKey): Conversation {
  return {
    key,
    title: isGroup(key) ? "Group" : partsOf(key).account,
    messages: [],
    outgoing: [],
    hasBeginning: false,
    members: [],
    readId: 0n,
    receivedId: 0n,
    readByPeerId: 0n,
    hasMarks: false,
  };
}

function withMessages(state: ChatState, messages: readonly Message[]): ChatState {
  const byConversation = new Map<ConversationKey, Message[]>();
  for (const message of messages) {
    const others = byConversation.get(message.conversation);
    if (others) others.push(message);
    else byConversation.set(message.conversation, [message]);
  }
  let next = state;
  for (const [key, added] of byConversation) {
    next = change(next, key, (before) => ({ messages: merged(before.messages, added) }));
  }
  return next;
}

/** By id, each once. */
function merged(known: readonly Message[], added: readonly Message[]): readonly Message[] {
  const ids = new Set(known.map(({ messageId }) => messageId));
  const all = [...known];
  for (const message of added) {
    if (ids.has(message.messageId)) continue;
    ids.add(message.messageId);
    all.push(message);
  }
  if (all.length === known.length) return known;
  return all.sort((a, b) => (a.messageId < b.messageId ? -1 : 1));
}

function withoutOutgoing(state: ChatState, key: ConversationKey, sendId: string): ChatState {
  return change(state, key, ({ outgoing }) => ({ outgoing: outgoing.filter((one) => one.sendId !== sendId) }));
}

function changeOutgoing(
  state: ChatState,
  { conversation, sendId }: { readonly conversation: ConversationKey; readonly sendId: string },
  update: Partial<Outgoing>,
): ChatState {
  return change(state, conversation, ({ outgoing }) => ({
    outgoing: outgoing.map((one) => (one.sendId === sendId ? { ...one, ...update } : one)),
  }));
}

/** Marks only go forward, in whichever order they come. */
function furthest(before: Marks, marks: Partial<Marks>): Marks {
  const later = (name: keyof Marks) => {
    const mark = marks[name] ?? 0n;
    return mark > before[name] ? mark : before[name];
  };
  return { readId: later("readId"), receivedId: later("receivedId"), readByPeerId: later("readByPeerId") };
}
