import { chatCommands } from "../commands/chat-commands.js";
import { ID_END } from "../membership-periods.js";
import type { Conversation } from "../ports/message-log.js";
import type { ChatParts } from "./chat-parts.js";
import { fitting } from "./fitting.js";
import { conversationOf, invalid, limitOf, notYours } from "./refusals.js";
import { type ChatRequest, Refusal, serve } from "./serve.js";

const MAX_PAGE = 200;

/** What was said in a conversation, and up to where it is received and read. */
export function serveHistory(parts: ChatParts): void {
  const { gateway } = parts.settings;
  serve(gateway, chatCommands.history, (request) => history(parts, request));
  serve(gateway, chatCommands.marks, (request) => marks(parts, request));
  serve(gateway, chatCommands.read, (request) => read(parts, request));
}

async function history(parts: ChatParts, request: ChatRequest<"chat.x.history">): Promise<Refusal | undefined> {
  const conversation = conversationOf(request.body);
  if (conversation instanceof Refusal) return conversation;
  const { beforeId, limit } = request.body;
  if (beforeId < 0n) return invalid("the id must not be negative");
  const page = { beforeId: beforeId || ID_END, limit: limitOf(limit, MAX_PAGE) };
  const found = await parts.settings.store.history(request.session.account, conversation, page);
  const shown = fitting(found, ({ body, extra, sender }) => [body, extra, sender]);
  const messages = shown.map(({ messageId, type, body, extra, sender, sendTime }) => ({
    messageId,
    type,
    body,
    extra,
    sender,
    sendTime,
  }));
  request.respond({ messages });
  return undefined;
}

async function marks(parts: ChatParts, request: ChatRequest<"chat.x.marks">): Promise<Refusal | undefined> {
  const conversation = conversationOf(request.body);
  if (conversation instanceof Refusal) return conversation;
  const { store } = parts.settings;
  const { account } = request.session;
  const readId = await store.readMark(account, conversation);
  if ("group" in conversation) {
    request.respond({ readId });
    return undefined;
  }
  const readByPeerId = await store.readMark(conversation.account, { account });
  // Only ids of this conversation: the position itself would say when the other was last here.
  const receivedId = await newestUpTo(parts, account, conversation, await store.received(conversation.account));
  request.respond({ readId, receivedId, readByPeerId });
  return undefined;
}

async function read(parts: ChatParts, request: ChatRequest<"chat.x.read">): Promise<Refusal | undefined> {
  const conversation = conversationOf(request.body);
  if (conversation instanceof Refusal) return conversation;
  const { account, channelId } = request.session;
  const readId = await newestUpTo(parts, account, conversation, request.body.messageId);
  if (readId === 0n) return notYours;
  const { from, to } = await parts.settings.store.markRead(account, conversation, readId);
  request.respond();
  if (to === from) return undefined;
  const { account: peer, groupId } = request.body;
  const { extensionPushes } = parts;
  void extensionPushes.push(account, chatCommands.read, { account: peer, groupId, messageId: to }, channelId);
  if (peer !== "") void extensionPushes.push(peer, chatCommands.receipt, { account, readId: to });
  return undefined;
}

/** The newest message of a conversation that is not above an id; 0 if there is none. */
async function newestUpTo(
  { settings: { store } }: ChatParts,
  account: string,
  conversation: Conversation,
  messageId: bigint,
): Promise<bigint> {
  if (messageId <= 0n) return 0n;
  const [newest] = await store.history(account, conversation, { beforeId: messageId + 1n, limit: 1 });
  return newest?.messageId ?? 0n;
}
