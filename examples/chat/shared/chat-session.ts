import { CHAT_EXTENSION, type ChatCommandMap, chatCommandMap, chatCommands } from "@im/chat/commands";
import { ClientError, createImClient, type ImClient, type ImClientOptions, type ReceivedPush } from "@im/client";
import { commands, type PushOf, Status } from "@im/wire";
import { extensionTag } from "@im/wire/codec";
import { Acknowledgements } from "./acknowledgements.js";
import { missedMessages } from "./catch-up.js";
import type { ChatEvent, Group, Message } from "./chat-event.js";
import { type ConversationKey, inGroup, keyOf, partsOf, withAccount } from "./conversation-key.js";
import { Outbox } from "./outbox.js";

export interface ChatSessionOptions
  extends Pick<ImClientOptions<ChatCommandMap>, "dialer" | "address" | "token" | "device"> {
  readonly account: string;
  /** Receives all events, in order. */
  readonly onEvent: (event: ChatEvent) => void;
  /** Called after each sign-in, when all missed messages have been emitted. */
  readonly onCaughtUp?: () => void;
}

type TalkPush = ReceivedPush<PushOf<ChatCommandMap, "chat.user.talk" | "chat.group.talk">>;

/** How many messages one page of the history has. */
const HISTORY_PAGE = 40;

/** One device of an account in the chat. Emits each message at least once, in the order of ids except for history pages. */
export class ChatSession {
  readonly client: ImClient<ChatCommandMap>;
  readonly #account: string;
  readonly #emit: (event: ChatEvent) => void;
  readonly #onCaughtUp: () => void;
  readonly #outbox: Outbox;
  readonly #acknowledgements: Acknowledgements;
  /** The newest message that was pushed. */
  #pushedId = 0n;
  #isCatchingUp = false;

  constructor({ account, onEvent, onCaughtUp = () => {}, ...options }: ChatSessionOptions) {
    this.#account = account;
    this.#emit = onEvent;
    this.#onCaughtUp = onCaughtUp;
    this.client = createImClient({
      ...options,
      commands: chatCommandMap,
      login: { tags: [extensionTag(CHAT_EXTENSION)] },
      retryFirstConnect: true,
    });
    this.#outbox = new Outbox(this.client, onEvent);
    this.#acknowledgements = new Acknowledgements((messageId) =>
      this.client.request(commands.chatTalkAck, { messageId }),
    );
    this.client.onStatus((status) => {
      onEvent({ type: "connection", status });
      if (status.state === "online") void this.#catchUp();
    });
    this.#listen();
  }

  /** Connects, and connects again after a loss, until it is closed. `connection` events say how it goes. */
  connect(): void {
    this.client.connect().catch(() => {});
  }

  async close(): Promise<void> {
    this.#acknowledgements.stop();
    await this.client.close();
  }

  /** Resolves when the message is stored or refused. @param sendId of a message that was refused and is sent again */
  send(conversation: ConversationKey, text: string, sendId?: string): Promise<void> {
    return this.#outbox.send(conversation, text, sendId);
  }

  discard(conversation: ConversationKey, sendId: string): void {
    this.#emit({ type: "discarded", conversation, sendId });
  }

  /** The page of messages before an id; the newest without it. */
  async loadHistory(conversation: ConversationKey, beforeId = 0n): Promise<void> {
    const page = { ...partsOf(conversation), beforeId, limit: HISTORY_PAGE };
    const { messages } = (await this.client.request(chatCommands.history, page)).body;
    if (messages.length === 0) return this.#emit({ type: "beginning", conversation });
    this.#emit({ type: "messages", messages: messages.map((message) => messageOf(message, conversation)) });
  }

  async loadMarks(conversation: ConversationKey): Promise<void> {
    const { body: marks } = await this.client.request(chatCommands.marks, partsOf(conversation));
    this.#emit({ type: "marks", conversation, marks });
  }

  async loadGroups(): Promise<void> {
    const all: Group[] = [];
    for (let after = ""; ; ) {
      const { groups } = (await this.client.request(chatCommands.groups, { after, limit: 0 })).body;
      if (groups.length === 0) break;
      all.push(...groups.map(({ groupId, name }) => ({ conversation: inGroup(groupId), name })));
      after = groups.at(-1)!.groupId;
    }
    this.#emit({ type: "groups", groups: all });
  }

  /** Loads one page of members: the groups of this example are small. */
  async loadMembers(conversation: ConversationKey): Promise<void> {
    const page = { groupId: partsOf(conversation).groupId, after: "", limit: 0 };
    const { members } = (await this.client.request(chatCommands.members, page)).body;
    this.#emit({ type: "members", conversation, accounts: members.map(({ account }) => account) });
  }

  async createGroup(name: string, members: readonly string[]): Promise<ConversationKey> {
    const { groupId } = (await this.client.request(commands.groupCreate, { name, members: [...members] })).body;
    const conversation = inGroup(groupId);
    this.#emit({ type: "group", conversation, name });
    await this.loadMembers(conversation);
    return conversation;
  }

  /** The name of a group, also for an account that is not a member; undefined if there is no such group. */
  async groupName(conversation: ConversationKey): Promise<string | undefined> {
    const { groupId } = partsOf(conversation);
    try {
      return (await this.client.request(commands.groupDetail, { groupId })).body.name;
    } catch (error) {
      if (error instanceof ClientError && error.response?.status === Status.NoDestination) return undefined;
      throw error;
    }
  }

  async joinGroup(conversation: ConversationKey, name: string): Promise<void> {
    const { groupId } = partsOf(conversation);
    await this.client.request(commands.groupJoin, { account: this.#account, groupId });
    this.#emit({ type: "group", conversation, name });
    await this.loadMembers(conversation);
  }

  async leaveGroup(conversation: ConversationKey): Promise<void> {
    const { groupId } = partsOf(conversation);
    await this.client.request(commands.groupQuit, { account: this.#account, groupId });
    this.#emit({ type: "left", conversation });
  }

  async markRead(conversation: ConversationKey, messageId: bigint): Promise<void> {
    await this.client.request(chatCommands.read, { ...partsOf(conversation), messageId });
    this.#emit({ type: "marks", conversation, marks: { readId: messageId } });
  }

  /** Emits which of these accounts are online, now and at each change until the connection ends. */
  async watch(accounts: readonly string[]): Promise<void> {
    // What is pushed in the meantime is newer than the answer, also if it is handled before it.
    const pushed = new Set<string>();
    const stop = this.client.on(chatCommands.presence, ({ body }) => {
      for (const { account } of body.states) pushed.add(account);
    });
    try {
      const { states } = (await this.client.request(chatCommands.presence, { accounts: [...accounts], watch: 1 })).body;
      this.#emitPresence(states.filter(({ account }) => !pushed.has(account)));
    } finally {
      stop();
    }
  }

  #listen(): void {
    const { client } = this;
    client.on(commands.chatUserTalk, (push) => {
      const { sender } = push.body;
      this.#pushed(push, withAccount(sender === this.#account ? push.dest : sender));
    });
    client.on(commands.chatGroupTalk, (push) => this.#pushed(push, inGroup(push.dest)));
    client.on(commands.groupCreate, async ({ body: { groupId } }) => {
      const conversation = inGroup(groupId);
      const name = await this.groupName(conversation);
      if (name === undefined) return;
      this.#emit({ type: "group", conversation, name });
      await this.loadMembers(conversation);
    });
    client.on(chatCommands.read, ({ body }) => {
      this.#emit({ type: "marks", conversation: keyOf(body), marks: { readId: body.messageId } });
    });
    client.on(chatCommands.receipt, ({ body: { account, receivedId, readId } }) => {
      this.#emit({ type: "marks", conversation: withAccount(account), marks: { receivedId, readByPeerId: readId } });
    });
    client.on(chatCommands.presence, ({ body: { states } }) => this.#emitPresence(states));
  }

  #emitPresence(states: readonly { readonly account: string; readonly isOnline: number }[]): void {
    const known = states.map(({ account, isOnline }) => ({ account, isOnline: isOnline === 1 }));
    this.#emit({ type: "presence", states: known });
  }

  #pushed(push: TalkPush, conversation: ConversationKey): void {
    const message = messageOf(push.body, conversation);
    if (message.messageId > this.#pushedId) this.#pushedId = message.messageId;
    this.#emit({ type: "messages", messages: [message] });
    if (push.missed) void this.#catchUp();
    else if (!this.#isCatchingUp) this.#acknowledgements.received(message.messageId);
  }

  /** Messages that are pushed meanwhile are emitted at once, and acknowledged when nothing before them is missing. */
  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      const { receivedId } = this.#acknowledgements;
      for await (const { upToId, messages } of missedMessages(this.client, this.#account, receivedId)) {
        this.#emit({ type: "messages", messages });
        this.#acknowledgements.received(upToId);
      }
      this.#isCatchingUp = false;
      this.#acknowledgements.received(this.#pushedId);
      this.#onCaughtUp();
    } catch {
      // The connection is lost, or the server cannot read now: the next `online` begins again.
      this.#isCatchingUp = false;
      if (this.client.status.state === "online") setTimeout(() => void this.#catchUp(), 1_000);
    }
  }
}

function messageOf(
  { messageId, sender, body, sendTime }: PushOf<ChatCommandMap, "chat.user.talk">,
  conversation: ConversationKey,
): Message {
  return { messageId, conversation, sender, text: body, sentAtMs: Number(sendTime / 1_000_000n) };
}
