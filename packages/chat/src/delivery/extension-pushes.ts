import type { PushInitOf } from "@im/wire";
import { extensionsOf } from "@im/wire/codec";
import type { ChatGateway } from "../chat-gateway.js";
import { type ChatCommandMap, chatCommandMap } from "../commands/chat-command-map.js";
import { CHAT_EXTENSION, type chatCommands } from "../commands/chat-commands.js";

type PushCommand = (typeof chatCommands)["read" | "receipt" | "presence"];

/** Pushes own commands, and only to clients that know them. */
export class ExtensionPushes {
  readonly #gateway: Pick<ChatGateway, "presence" | "push">;
  readonly #report: (error: unknown) => void;

  constructor(gateway: Pick<ChatGateway, "presence" | "push">, report: (error: unknown) => void) {
    this.#gateway = gateway;
    this.#report = report;
  }

  /** Pushes to the devices of an account. The promise does not reject. */
  async push<C extends PushCommand>(
    account: string,
    command: C,
    body: PushInitOf<ChatCommandMap, C>,
    exceptChannelId?: string,
  ): Promise<void> {
    try {
      const sessions = (await this.#gateway.presence.where(account)).filter(
        ({ channelId, tags }) => channelId !== exceptChannelId && extensionsOf(tags).has(CHAT_EXTENSION),
      );
      if (sessions.length > 0) await this.#gateway.push(sessions, command, encode(command, body));
    } catch (error) {
      this.#report(error);
    }
  }
}

export function encode<C extends PushCommand>(command: C, body: PushInitOf<ChatCommandMap, C>): Uint8Array {
  return (chatCommandMap[command].push as { encode(init: PushInitOf<ChatCommandMap, C>): Uint8Array }).encode(body);
}
