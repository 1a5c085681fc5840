import { chatCommandMap, chatCommands } from "@im/chat/commands";
import type { ReceivedPush } from "@im/client";
import type { ChatRecord, DeviceMemory, Talk } from "./chat-record.js";
import type { ClientRecord } from "./client-record.js";

const talks = ["chat.user.talk", "chat.group.talk"] as const;
type TalkCommand = (typeof talks)[number];

/** Called with what a device observes. */
export interface ChatDeviceEvents {
  talkAnswered(talk: Talk, id: bigint): void;
  /** Of one index, in the order in which they came. */
  indexed(device: ChatDevice, afterId: bigint, ids: readonly bigint[]): void;
  /** It was pushed that an account has come or gone, after what it knew. */
  presenceChanged?(device: ChatDevice, account: string, isOnline: boolean): void;
}

/** A chat application on a client: it talks, stores what it gets, and acknowledges what it has caught up with. */
export class ChatDevice {
  readonly node: ClientRecord;
  readonly memory: DeviceMemory;
  /** Which accounts are online, as far as it was told on this connection. Empty until it was answered. */
  readonly presence = new Map<string, boolean>();
  readonly #record: ChatRecord;
  readonly #accounts: readonly string[];
  readonly #groupId: () => string;
  readonly #events: ChatDeviceEvents;

  constructor(
    node: ClientRecord,
    record: ChatRecord,
    memory: DeviceMemory,
    accounts: readonly string[],
    groupId: () => string,
    events: ChatDeviceEvents,
  ) {
    this.node = node;
    this.memory = memory;
    this.#record = record;
    this.#accounts = accounts;
    this.#groupId = groupId;
    this.#events = events;
    for (const command of talks) node.client.on(command, (push) => this.#pushed(command, push));
    node.client.onStatus(({ state }) => {
      if (state !== "online") return;
      void this.catchUp();
      void this.#watch();
    });
    node.client.on(chatCommands.presence, ({ body }) => {
      for (const { account, isOnline } of chatCommandMap[chatCommands.presence].push.decode(body).states) {
        this.#events.presenceChanged?.(this, account, isOnline === 1);
        this.presence.set(account, isOnline === 1);
      }
    });
  }

  /** @param to an account; undefined for the group */
  talk(to: string | undefined, isKeyed: boolean): void {
    void this.#send(this.#record.begin(this.memory.account, to, isKeyed));
  }

  /** Sends one of the texts of this account again. @param choice which */
  repeat(choice: number): void {
    const own = this.#record.talks.filter(({ sender, isKeyed }) => isKeyed && sender === this.memory.account);
    if (own.length > 0) void this.#send(own[choice % own.length]!);
  }

  /** Reads its index from its position, stores the contents, and acknowledges. @returns whether it got to the end */
  async catchUp(): Promise<boolean> {
    try {
      for (let afterId = 0n; ; ) {
        const ids = await this.#indexPage(afterId);
        if (ids.length === 0) return true;
        await this.#fetch(ids);
        afterId = ids.at(-1)!;
        await this.#request("chat.talk.ack", chatCommandMap["chat.talk.ack"].request.encode({ messageId: afterId }));
      }
    } catch {
      // The connection ended, or the store failed: it catches up the next time.
      return false;
    }
  }

  /** All that its account may see. */
  async wholeIndex(): Promise<ReadonlySet<bigint>> {
    const all = new Set<bigint>();
    for (let afterId = 1n; ; ) {
      const ids = await this.#indexPage(afterId);
      if (ids.length === 0) return all;
      for (const id of ids) all.add(id);
      afterId = ids.at(-1)!;
    }
  }

  /** Watches all accounts. */
  async #watch(): Promise<void> {
    // What is pushed before the answer is handled is newer than it: both may be read at once.
    this.presence.clear();
    const { request, response } = chatCommandMap[chatCommands.presence];
    try {
      const body = await this.#request(chatCommands.presence, request.encode({ accounts: this.#accounts, watch: 1 }));
      for (const { account, isOnline } of response.decode(body).states) {
        if (!this.presence.has(account)) this.presence.set(account, isOnline === 1);
      }
    } catch {
      // The connection ended, or the directory failed.
    }
  }

  async #indexPage(afterId: bigint): Promise<bigint[]> {
    const { request, response } = chatCommandMap["chat.offline.index"];
    const body = await this.#request("chat.offline.index", request.encode({ messageId: afterId }));
    const ids = response.decode(body).indexes.map(({ messageId }) => messageId);
    this.#events.indexed(this, afterId, ids);
    return ids;
  }

  async #fetch(ids: readonly bigint[]): Promise<void> {
    const { request, response } = chatCommandMap["chat.offline.content"];
    for (let at = 0; at < ids.length; at += 200) {
      const messageIds = ids.slice(at, at + 200);
      const body = await this.#request("chat.offline.content", request.encode({ messageIds }));
      for (const { messageId, body: text } of response.decode(body).contents) this.memory.seen.set(messageId, text);
    }
  }

  async #send(talk: Talk): Promise<void> {
    const { text, to, isKeyed } = talk;
    const command: TalkCommand = to === undefined ? "chat.group.talk" : "chat.user.talk";
    const { request, response } = chatCommandMap[command];
    const body = request.encode({ type: 1, body: text });
    const options = { dest: to ?? this.#groupId(), idempotent: isKeyed ? text : false };
    try {
      const answer = await this.node.client.request(command, body, options);
      this.#events.talkAnswered(talk, response.decode(answer.body).messageId);
    } catch {
      // It may be stored all the same, and was not acknowledged.
    }
  }

  async #request(command: string, body: Uint8Array): Promise<Uint8Array> {
    return (await this.node.client.request(command, body)).body;
  }

  #pushed(command: TalkCommand, push: ReceivedPush<Uint8Array>): void {
    const { messageId, body } = chatCommandMap[command].push.decode(push.body);
    this.memory.seen.set(messageId, body);
  }
}
