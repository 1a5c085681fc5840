import { wsDialer } from "@im/transport-ws";
import type { ChatEvent } from "../shared/chat-event.js";
import { ChatSession } from "../shared/chat-session.js";
import { afterEvent, type ChatState, initialState } from "../shared/chat-state.js";
import { hasEarlierUnread, knownAccounts, newestMessage, unreadCount } from "../shared/chat-views.js";
import { type ConversationKey, isGroup, partsOf, withAccount } from "../shared/conversation-key.js";
import type { Server } from "../shared/server-api.js";
import { Contacts } from "./contacts.js";
import { openConversation, setOpenConversation } from "./open-conversation.js";
import { ChatView } from "./views/chat-view.js";
import type { Invitation } from "./views/no-conversation-view.js";

/** How long after a failed request the page tries again. */
const RETRY_MS = 5_000;
/** How many pages of a conversation are loaded at most, to count what is unread. */
const MAX_UNREAD_PAGES = 10;

/** The page of one account: holds its state, and does what its user asks for. */
export class ChatPage {
  readonly #session: ChatSession;
  readonly #view: ChatView;
  readonly #contacts: Contacts;
  readonly #people: readonly string[];
  #state: ChatState;
  #open: ConversationKey | undefined;
  #invitation: Invitation | undefined;
  #watched = "";
  #isDrawing = false;
  readonly #loading = new Set<ConversationKey>();
  readonly #loaded = new Set<ConversationKey>();
  /** Up to where conversations are marked as read, or are about to be. */
  readonly #marked = new Map<ConversationKey, bigint>();

  constructor(account: string, device: string, server: Server) {
    this.#state = initialState(account);
    this.#people = server.people;
    this.#contacts = new Contacts(account);
    this.#session = new ChatSession({
      account,
      device,
      dialer: wsDialer(),
      address: `ws://${location.host}/chat`,
      token: () => server.tokenOf(account),
      onEvent: (event) => this.#handle(event),
      onCaughtUp: () => void this.#refresh(),
    });
    this.#view = new ChatView({
      openConversation: setOpenConversation,
      closeConversation: () => setOpenConversation(undefined),
      send: (text) => void this.#session.send(this.#open!, text),
      sendAgain: (sendId, text) => void this.#session.send(this.#open!, text, sendId),
      discard: (sendId) => this.#session.discard(this.#open!, sendId),
      loadEarlier: () => void this.#loadEarlier(),
      reachedNewest: () => this.#markRead(),
      createGroup: async (name, members) => setOpenConversation(await this.#session.createGroup(name, members)),
      joinGroup: (key, name) => this.#session.joinGroup(key, name),
      leaveGroup: async (key) => {
        await this.#session.leaveGroup(key);
        setOpenConversation(undefined);
      },
      talkTo: (name) => this.#talkTo(name),
      takeOver: () => this.#session.connect(),
    });
  }

  open(): void {
    const others = [...this.#people, ...this.#contacts.all()].filter((one) => one !== this.#state.me);
    this.#handle({ type: "people", accounts: others });
    document.addEventListener("visibilitychange", () => this.#markRead());
    addEventListener("focus", () => this.#markRead());
    addEventListener("hashchange", () => this.#openedByAddress());
    this.#openedByAddress();
    this.#session.connect();
  }

  #handle(event: ChatEvent): void {
    this.#state = afterEvent(this.#state, event);
    if (event.type === "messages") this.#rememberContacts(event.messages.map(({ conversation }) => conversation));
    if (event.type === "left") this.#loaded.delete(event.conversation);
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    // One drawing for all events of a turn; a hidden page has no animation frames.
    setTimeout(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const { me, conversations } = this.#state;
    const isInvited = this.#invitation?.conversation === this.#open;
    this.#view.draw(this.#state, this.#open, isInvited ? this.#invitation : undefined);
    const unread = [...conversations.values()].reduce((sum, one) => sum + unreadCount(one, me), 0);
    document.title = unread > 0 ? `(${unread}) Chat` : "Chat";
    for (const key of conversations.keys()) void this.#load(key);
    void this.#watch();
    this.#markRead();
  }

  /** After each sign-in: loads what changed while this device was away. */
  async #refresh(): Promise<void> {
    this.#watched = "";
    this.#loaded.clear();
    this.#marked.clear();
    await this.#whileOnline(() => this.#session.loadGroups());
    await this.#loadInvitation();
    this.#draw();
  }

  /** The address can name a group that the account has not joined. */
  async #loadInvitation(): Promise<void> {
    const key = this.#open;
    const { hasGroups, conversations } = this.#state;
    if (!key || !isGroup(key) || !hasGroups || conversations.has(key)) return;
    await this.#whileOnline(async () => {
      this.#invitation = { conversation: key, name: await this.#session.groupName(key) };
    });
  }

  /** Loads a conversation once for each sign-in: its marks, its members, and its messages back to the first unread one. */
  async #load(key: ConversationKey): Promise<void> {
    if (this.#loaded.has(key) || this.#state.connection.state !== "online") return;
    this.#loaded.add(key);
    const isLoaded = await this.#whileOnline(async () => {
      const session = this.#session;
      const isNew = (this.#state.conversations.get(key)?.messages.length ?? 0) === 0;
      const members = isGroup(key) && session.loadMembers(key);
      await Promise.all([isNew && session.loadHistory(key), session.loadMarks(key), members]);
      for (let pages = 1; pages < MAX_UNREAD_PAGES; pages++) {
        const conversation = this.#state.conversations.get(key);
        if (!conversation || !hasEarlierUnread(conversation)) break;
        await session.loadHistory(key, conversation.messages[0]?.messageId);
      }
    });
    if (isLoaded) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    this.#loaded.delete(key);
    this.#draw();
  }

  async #watch(): Promise<void> {
    const accounts = knownAccounts(this.#state).slice(0, 500);
    const watched = accounts.join("\n");
    if (watched === this.#watched || this.#state.connection.state !== "online") return;
    this.#watched = watched;
    await this.#whileOnline(() => this.#session.watch(accounts));
  }

  #openedByAddress(): void {
    const key = openConversation();
    this.#open = key;
    if (key && !isGroup(key)) this.#handle({ type: "people", accounts: [partsOf(key).account] });
    this.#draw();
    void this.#loadInvitation().then(() => this.#draw());
    if (key && isGroup(key) && this.#loaded.has(key)) void this.#whileOnline(() => this.#session.loadMembers(key));
  }

  #talkTo(name: string): void {
    this.#contacts.remember([name]);
    setOpenConversation(withAccount(name));
  }

  async #loadEarlier(): Promise<void> {
    const key = this.#open;
    const conversation = key && this.#state.conversations.get(key);
    if (!conversation || conversation.hasBeginning || this.#loading.has(key)) return;
    this.#loading.add(key);
    await this.#whileOnline(() => this.#session.loadHistory(key, conversation.messages[0]?.messageId));
    this.#loading.delete(key);
  }

  /** Marks the open conversation as read while its newest message is in sight. */
  #markRead(): void {
    const conversation = this.#open && this.#state.conversations.get(this.#open);
    if (!conversation || document.visibilityState !== "visible" || !this.#view.isAtNewest) return;
    const newest = newestMessage(conversation);
    if (!newest || unreadCount(conversation, this.#state.me) === 0) return;
    if (this.#marked.get(conversation.key) === newest.messageId) return;
    this.#marked.set(conversation.key, newest.messageId);
    void this.#whileOnline(() => this.#session.markRead(conversation.key, newest.messageId));
  }

  #rememberContacts(keys: readonly ConversationKey[]): void {
    const accounts = keys.filter((key) => !isGroup(key)).map((key) => partsOf(key).account);
    this.#contacts.remember(accounts.filter((account) => !this.#people.includes(account)));
  }

  /** Does work that needs the connection. The next sign-in repeats what a lost connection interrupts. @returns whether it succeeded */
  async #whileOnline(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (this.#state.connection.state === "online") console.error(error);
      return false;
    }
  }
}
