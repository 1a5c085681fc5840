import type { ChatCommandMap } from "@im/chat/commands";
import { ClientError, type ImClient } from "@im/client";
import { commands, Status } from "@im/wire";
import { decodeErrorResp } from "@im/wire/codec";
import type { ChatEvent, Message } from "./chat-event.js";
import { type ConversationKey, isGroup, partsOf } from "./conversation-key.js";

const TEXT = 1;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

interface Unsent {
  readonly conversation: ConversationKey;
  readonly sendId: string;
  readonly text: string;
}

/**
 * Sends messages until the server has stored or refused them, each under one idempotency key, so that it is stored once
 * however often it is sent. Each conversation has one message in flight at a time, which keeps the order.
 */
export class Outbox {
  readonly #client: ImClient<ChatCommandMap>;
  readonly #emit: (event: ChatEvent) => void;
  readonly #queues = new Map<ConversationKey, Promise<void>>();
  /** The next keys of messages that the server has refused, by `sendId`: under the same key it repeats its refusal. */
  readonly #nextKeys = new Map<string, string>();

  constructor(client: ImClient<ChatCommandMap>, emit: (event: ChatEvent) => void) {
    this.#client = client;
    this.#emit = emit;
  }

  /** @param sendId of a message that is sent again; a new one without it */
  send(conversation: ConversationKey, text: string, sendId: string = crypto.randomUUID()): Promise<void> {
    this.#emit({ type: "outgoing", conversation, sendId, text, atMs: Date.now() });
    const before = this.#queues.get(conversation) ?? Promise.resolve();
    const sending = before.then(() => this.#sendUntilSettled({ conversation, sendId, text }));
    this.#queues.set(conversation, sending);
    return sending;
  }

  async #sendUntilSettled(unsent: Unsent): Promise<void> {
    const { conversation, sendId } = unsent;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, MAX_RETRY_MS)) {
      await this.#online();
      this.#emit({ type: "sent", conversation, sendId });
      try {
        return this.#emit({ type: "stored", sendId, message: await this.#request(unsent) });
      } catch (error) {
        const reason = refusalIn(error);
        if (reason !== undefined) {
          if (isAnswered(error)) this.#nextKeys.set(sendId, crypto.randomUUID());
          return this.#emit({ type: "refused", conversation, sendId, reason });
        }
        this.#emit({ type: "waiting", conversation, sendId });
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  async #request({ conversation, sendId, text }: Unsent): Promise<Message> {
    const command = isGroup(conversation) ? commands.chatGroupTalk : commands.chatUserTalk;
    const { account, groupId } = partsOf(conversation);
    const options = { dest: account || groupId, idempotent: this.#nextKeys.get(sendId) ?? sendId };
    const { body } = await this.#client.request(command, { type: TEXT, body: text }, options);
    const status = this.#client.status;
    const sender = status.state === "online" ? status.session.account : "";
    return {
      messageId: body.messageId,
      conversation,
      sender,
      text,
      sendId,
      sentAtMs: Number(body.sendTime / 1_000_000n),
    };
  }

  /** A client that is closed may be connected again by its user. */
  #online(): Promise<void> {
    if (this.#client.status.state === "online") return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.#client.onStatus(({ state }) => {
        if (state !== "online") return;
        stop();
        resolve();
      });
    });
  }
}

/** Whether the server has answered, so that it has not stored the message. */
function isAnswered(error: unknown): boolean {
  return error instanceof ClientError && error.code === "IM_ERR_REQUEST_FAILED";
}

/** Why the message is refused; undefined if sending it again can succeed. */
function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof ClientError)) return String(error);
  switch (error.code) {
    case "IM_ERR_OFFLINE":
    case "IM_ERR_REQUEST_TIMEOUT":
    case "IM_ERR_CLIENT_CLOSED":
      return undefined;
    case "IM_ERR_REQUEST_FAILED": {
      const { status, body } = error.response!;
      const isTemporary = status >= Status.SystemException && status !== Status.NotImplemented;
      return isTemporary ? undefined : decodeErrorResp(body).message;
    }
    default:
      return error.message;
  }
}
