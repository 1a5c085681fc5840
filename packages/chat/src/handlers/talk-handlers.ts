import { isThenable } from "@im/transport-core/internal";
import { commands, Status } from "@im/wire";
import type { AddedMessage, Conversation, NewMessage, StoredMessage } from "../ports/message-log.js";
import type { ChatParts } from "./chat-parts.js";
import { utf8Bytes } from "./fitting.js";
import { busy, forbidden, invalid, isName, noSuchGroup, notAMember } from "./refusals.js";
import { type ChatRequest, Refusal, serve } from "./serve.js";

const LONE_SURROGATE = /\p{Surrogate}/u;

type TalkCommand = "chat.user.talk" | "chat.group.talk";
type TalkRequest = ChatRequest<TalkCommand>;

/** chat.user.talk and chat.group.talk: store, push, answer. */
export function serveTalks(parts: ChatParts): void {
  const { gateway } = parts.settings;
  serve(gateway, commands.chatUserTalk, (request) => talk(parts, request, { account: request.dest }));
  serve(gateway, commands.chatGroupTalk, (request) => talk(parts, request, { group: request.dest }));
}

async function talk(parts: ChatParts, request: TalkRequest, to: Conversation): Promise<Refusal | undefined> {
  const { dest, session, key } = request;
  if (parts.delivery.isFull) return busy;
  if (!isName(dest)) return new Refusal(Status.NoDestination, "dest must name an account or a group");
  const reviewed = await review(parts, request, to);
  if (reviewed instanceof Refusal) return reviewed;
  // The same key in a talk to an account and in a talk to a group means two messages, as at the gateway.
  const storeKey = key === undefined ? undefined : `${"group" in to ? "group" : "user"} ${key}`;
  const adding = parts.settings.store.add(reviewed, storeKey);
  const added = isThenable(adding) ? await adding : adding;
  if (added === "no such group") return noSuchGroup;
  if (added === "not a member") return notAMember;
  const { messageId, sendTime } = added;
  // No promise stands between the store and the push of a new message: so pushes are in the order of the ids.
  const stored = added.isRepetition
    ? await firstOf(parts, session.account, added)
    : { ...reviewed, messageId, sendTime };
  if (stored && !added.isRepetition) parts.settings.hooks.stored?.(stored);
  // The first one may have been stored without being pushed. Receivers know it by its id.
  if (stored && isSame(stored.to, to)) await parts.delivery.deliver(request.context, stored, added.readers);
  // Only now: if this process is killed before, the sender has no answer and repeats the message. Otherwise receivers that
  // acknowledge newer messages would never get it.
  request.respond({ messageId, sendTime });
  return undefined;
}

/** The message as it is stored, or why it is not. */
async function review(
  { settings: { rules, maxTextBytes } }: ChatParts,
  { session, body: given }: TalkRequest,
  to: Conversation,
): Promise<NewMessage | Refusal> {
  const { type, body, extra } = given;
  const message = { sender: session.account, to, type, body, extra };
  const refusal = checkText(message, maxTextBytes);
  if (refusal) return refusal;
  const may = rules.mayTalk ? await rules.mayTalk(session, to) : true;
  if (may !== true) return forbidden(may);
  if (!rules.review) return message;
  const reviewed = await rules.review(message, session);
  if ("refused" in reviewed) return forbidden(reviewed);
  const changed = { ...message, type: reviewed.type, body: reviewed.body, extra: reviewed.extra };
  // What clients send is UTF-8; a rule may cut a pair of surrogates in two.
  const isCut = LONE_SURROGATE.test(changed.body) || LONE_SURROGATE.test(changed.extra);
  if (isCut) return invalid("the text has a lone surrogate, and so no UTF-8");
  return checkText(changed, maxTextBytes) ?? changed;
}

function checkText({ body, extra }: NewMessage, maxTextBytes: number): Refusal | undefined {
  if (body === "" && extra === "") return invalid("the message is empty");
  const units = body.length + extra.length;
  if (units * 3 <= maxTextBytes) return undefined;
  if (units <= maxTextBytes && utf8Bytes(body) + utf8Bytes(extra) <= maxTextBytes) return undefined;
  return invalid(`a message has at most ${maxTextBytes} bytes of text`);
}

/** A key that was used again in another conversation is no reason to push its first message there. */
function isSame(a: Conversation, b: Conversation): boolean {
  return "group" in a ? "group" in b && a.group === b.group : "account" in b && a.account === b.account;
}

/** What was stored under the key; undefined if it is deleted. */
async function firstOf(
  { settings }: ChatParts,
  account: string,
  added: AddedMessage,
): Promise<StoredMessage | undefined> {
  return (await settings.store.contents(account, [added.messageId]))[0];
}
