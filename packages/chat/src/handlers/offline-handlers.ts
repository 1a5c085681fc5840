import { commands } from "@im/wire";
import { idAtMs } from "../message-ids.js";
import type { ChatParts } from "./chat-parts.js";
import { fitting } from "./fitting.js";
import { invalid, notYours } from "./refusals.js";
import { type ChatRequest, type Refusal, serve } from "./serve.js";

/** As kim has them. */
const MAX_INDEXES = 2_000;
const MAX_CONTENTS = 200;

/** chat.offline.index and chat.offline.content: what a device missed. */
export function serveOffline(parts: ChatParts): void {
  const { gateway } = parts.settings;
  serve(gateway, commands.offlineIndex, (request) => index(parts, request));
  serve(gateway, commands.offlineContent, (request) => contents(parts, request));
}

async function index(parts: ChatParts, request: ChatRequest<"chat.offline.index">): Promise<Refusal | undefined> {
  const { session, body } = request;
  if (body.messageId < 0n) return invalid("the id must not be negative");
  const afterId = body.messageId > 0n ? body.messageId : await beginningOf(parts, session);
  const found = await parts.settings.store.index(session.account, { afterId, limit: MAX_INDEXES });
  const page = fitting(found, ({ peer, group }) => [peer, group]);
  const indexes = page.map(({ messageId, sendTime, isSent, peer, group }) => ({
    messageId,
    direction: isSent ? 1 : 0,
    sendTime,
    accountB: peer,
    group,
  }));
  request.respond({ indexes });
  const isAll = found.length < MAX_INDEXES && page.length === found.length;
  parts.catchingUp.gave(session, page.at(-1)?.messageId ?? afterId, isAll);
  return undefined;
}

/** The position of the device; of a new one, some days ago. */
async function beginningOf(
  { settings: { store, newDeviceMs, positionLifetimeMs } }: ChatParts,
  { account, device }: { readonly account: string; readonly device: string },
): Promise<bigint> {
  const position = await store.position(account, device);
  const nowMs = Date.now();
  const isNew = !position || nowMs - position.setAtMs > positionLifetimeMs;
  return isNew ? idAtMs(nowMs - newDeviceMs) : position.messageId;
}

async function contents(parts: ChatParts, request: ChatRequest<"chat.offline.content">): Promise<Refusal | undefined> {
  const { messageIds } = request.body;
  if (messageIds.length === 0) return invalid("the list of ids is empty");
  if (messageIds.length > MAX_CONTENTS) return invalid(`at most ${MAX_CONTENTS} ids may be asked for at once`);
  const found = await parts.settings.store.contents(request.session.account, messageIds);
  if (found.length === 0) return notYours;
  const page = fitting(found, ({ body, extra }) => [body, extra]);
  request.respond({ contents: page.map(({ messageId, type, body, extra }) => ({ messageId, type, body, extra })) });
  return undefined;
}
