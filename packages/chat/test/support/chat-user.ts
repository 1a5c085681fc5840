import { ClientError, createImClient, type ImClient, type ReceivedPush } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { commands, type PushOf, type RequestInitOf } from "@im/wire";
import { decodeErrorResp, extensionTag } from "@im/wire/codec";
import { onTestFinished } from "vitest";
import { within } from "../../../gateway/test/support/within.js";
import { CHAT_EXTENSION, type ChatCommandMap, chatCommandMap } from "../../src/commands/index.js";

type Command = keyof ChatCommandMap & string;
type Push<C extends Command> = ReceivedPush<PushOf<ChatCommandMap, C>>;
type Talk = Push<"chat.user.talk" | "chat.group.talk">;

/** A user with one device, on the client of applications. Keeps all pushes. */
export class ChatUser {
  readonly client: ImClient<ChatCommandMap>;
  readonly #pushes = new Map<string, unknown[]>();
  readonly #waiting = new Map<string, () => void>();

  private constructor(client: ImClient<ChatCommandMap>) {
    this.client = client;
    for (const command of Object.keys(chatCommandMap) as Command[]) {
      this.#pushes.set(command, []);
      client.on(command, (push) => {
        this.#pushes.get(command)!.push(push);
        this.#waiting.get(command)?.();
      });
    }
  }

  /** @param hasExtension whether it knows the chat's own commands */
  static async signIn(address: string, token: string, hasExtension = true): Promise<ChatUser> {
    const client = createImClient({
      dialer: address.startsWith("ws") ? wsDialer() : tcpDialer(),
      addresses: address,
      token,
      commands: chatCommandMap,
      login: hasExtension ? { tags: [extensionTag(CHAT_EXTENSION)] } : {},
      onError: () => {},
    });
    onTestFinished(() => client.close());
    const user = new ChatUser(client);
    await client.connect();
    return user;
  }

  /** The next push of a command that has not been taken. */
  async next<C extends Command>(command: C): Promise<Push<C>> {
    const pushes = this.#pushes.get(command)!;
    while (pushes.length === 0) {
      const arrival = new Promise<void>((resolve) => {
        this.#waiting.set(command, resolve);
      });
      await within(arrival, `a push ${command}`);
    }
    return pushes.shift() as Push<C>;
  }

  /** The pushes of a command that nobody has taken. */
  unread<C extends Command>(command: C): readonly Push<C>[] {
    return this.#pushes.get(command)! as Push<C>[];
  }

  nextTalk(): Promise<Talk> {
    return this.next(commands.chatUserTalk);
  }

  nextGroupTalk(): Promise<Talk> {
    return this.next(commands.chatGroupTalk);
  }

  async talk(dest: string, body: string, idempotent?: string): Promise<bigint> {
    return (await this.client.request(commands.chatUserTalk, { type: 1, body }, { dest, idempotent })).body!.messageId;
  }

  async talkInGroup(dest: string, body: string): Promise<bigint> {
    return (await this.client.request(commands.chatGroupTalk, { type: 1, body }, { dest })).body!.messageId;
  }

  async ask<C extends Command>(command: C, body?: RequestInitOf<ChatCommandMap, C>, dest = "") {
    return (await this.client.request(command, body as never, { dest })).body;
  }

  /** The status and message with which a request is refused. */
  async refusal<C extends Command>(
    command: C,
    body?: RequestInitOf<ChatCommandMap, C>,
    dest = "",
  ): Promise<[number, string]> {
    try {
      await this.ask(command, body, dest);
    } catch (error) {
      if (error instanceof ClientError && error.response) {
        return [error.response.status, decodeErrorResp(error.response.body).message];
      }
      throw error;
    }
    throw new Error(`${command} was not refused`);
  }

  async createGroup(name: string, ...members: string[]): Promise<string> {
    return (await this.client.request(commands.groupCreate, { name, members })).body!.groupId;
  }

  /** The whole index from an id, in pages. */
  async index(messageId = 0n) {
    const all: { messageId: bigint; direction: number; accountB: string; group: string }[] = [];
    for (let from = messageId; ; from = all.at(-1)!.messageId) {
      const { indexes } = (await this.client.request(commands.offlineIndex, { messageId: from })).body!;
      if (indexes.length === 0) return all;
      all.push(...indexes);
    }
  }

  async indexedIds(messageId?: bigint): Promise<bigint[]> {
    return (await this.index(messageId)).map((entry) => entry.messageId);
  }

  async ack(messageId: bigint): Promise<void> {
    await this.client.request(commands.chatTalkAck, { messageId });
  }
}
