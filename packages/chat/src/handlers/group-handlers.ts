import { commands } from "@im/wire";
import { chatCommandMap } from "../commands/chat-command-map.js";
import { chatCommands } from "../commands/chat-commands.js";
import type { ChatParts } from "./chat-parts.js";
import { fitting } from "./fitting.js";
import { forbidden, invalid, isName, limitOf, MAX_NAME_LENGTH, noSuchGroup, notAMember } from "./refusals.js";
import { type ChatRequest, Refusal, serve } from "./serve.js";

const MAX_INTRODUCTION_LENGTH = 4_096;
/** Of one page of members or groups. */
const MAX_PAGE = 500;

/** Groups: kim's commands, and pages of members and of one's own groups. */
export function serveGroups(parts: ChatParts): void {
  const { gateway } = parts.settings;
  serve(gateway, commands.groupCreate, (request) => create(parts, request));
  serve(gateway, commands.groupJoin, (request) => join(parts, request));
  serve(gateway, commands.groupQuit, (request) => quit(parts, request));
  serve(gateway, commands.groupDetail, (request) => detail(parts, request));
  serve(gateway, chatCommands.members, (request) => members(parts, request));
  serve(gateway, chatCommands.groups, (request) => groups(parts, request));
}

async function create(parts: ChatParts, request: ChatRequest<"chat.group.create">): Promise<Refusal | undefined> {
  const { store, maxGroupMembers } = parts.settings;
  const { account, channelId } = request.session;
  const { name, avatar, introduction, members: named } = request.body;
  const owner = request.body.owner || account;
  if (owner !== account) return forbidden({ refused: "a group belongs to the account that creates it" });
  const members = [...new Set([account, ...named])];
  if (members.length > maxGroupMembers) return invalid(`a group has at most ${maxGroupMembers} members`);
  if (!members.every(isName)) return invalid(`an account has 1 to ${MAX_NAME_LENGTH} units`);
  if (name.length > MAX_NAME_LENGTH || avatar.length > MAX_NAME_LENGTH) {
    return invalid(`name and avatar of a group have at most ${MAX_NAME_LENGTH} units`);
  }
  if (introduction.length > MAX_INTRODUCTION_LENGTH) {
    return invalid(`the introduction of a group has at most ${MAX_INTRODUCTION_LENGTH} units`);
  }
  for (const member of members) {
    if (member === account || !parts.settings.rules.mayJoin) continue;
    const may = await parts.settings.rules.mayJoin(request.session, "", member);
    if (may !== true) return forbidden(may);
  }
  const groupId = await store.createGroup({ name, avatar, introduction, owner }, members);
  request.respond({ groupId });
  const shown = fitting(members, (member) => [member]);
  const body = chatCommandMap["chat.group.create"].push.encode({ groupId, members: [...shown] });
  const others = members.filter((member) => member !== account);
  const target = [...others, { account, exceptChannelId: channelId }];
  void request.context.push(target, commands.groupCreate, body);
  return undefined;
}

async function join(parts: ChatParts, request: ChatRequest<"chat.group.join">): Promise<Refusal | undefined> {
  const { rules, store, maxGroupMembers } = parts.settings;
  const { groupId } = request.body;
  const account = request.body.account || request.session.account;
  if (!isName(groupId)) return noSuchGroup;
  if (!isName(account)) return invalid(`an account has 1 to ${MAX_NAME_LENGTH} units`);
  const own = account === request.session.account || forbidden({ refused: "an account joins by itself" });
  const may = rules.mayJoin ? await rules.mayJoin(request.session, groupId, account) : own;
  if (may instanceof Refusal) return may;
  if (may !== true) return forbidden(may);
  const joined = await store.join(groupId, account, maxGroupMembers);
  if (joined === "no such group") return noSuchGroup;
  if (joined === "full") return forbidden({ refused: `the group has ${maxGroupMembers} members already` });
  request.respond();
  return undefined;
}

async function quit(parts: ChatParts, request: ChatRequest<"chat.group.quit">): Promise<Refusal | undefined> {
  const { groupId } = request.body;
  const account = request.body.account || request.session.account;
  if (account !== request.session.account) return forbidden({ refused: "an account quits by itself" });
  if (!isName(groupId) || (await parts.settings.store.quit(groupId, account)) === "no such group") return noSuchGroup;
  request.respond();
  return undefined;
}

/** Who is no member sees what the group says of itself, but not its members. */
async function detail(parts: ChatParts, request: ChatRequest<"chat.group.detail">): Promise<Refusal | undefined> {
  const { store, maxGroupMembers } = parts.settings;
  const { groupId } = request.body;
  const group = isName(groupId) ? await store.group(groupId) : undefined;
  if (!group) return noSuchGroup;
  const isMember = await store.isMember(groupId, request.session.account);
  const all = isMember ? await store.members(groupId, { after: "", limit: maxGroupMembers }) : [];
  const shown = fitting(all, ({ account }) => [account]);
  const { name, avatar, introduction, owner, createdAt } = group;
  request.respond({ id: groupId, name, avatar, introduction, owner, createdAt, members: [...shown] });
  return undefined;
}

async function members(parts: ChatParts, request: ChatRequest<"chat.x.members">): Promise<Refusal | undefined> {
  const { store } = parts.settings;
  const { groupId, after, limit } = request.body;
  if (!isName(groupId) || !(await store.group(groupId))) return noSuchGroup;
  if (!(await store.isMember(groupId, request.session.account))) return notAMember;
  const page = await store.members(groupId, { after, limit: limitOf(limit, MAX_PAGE) });
  request.respond({ members: fitting(page, ({ account }) => [account]) });
  return undefined;
}

async function groups(parts: ChatParts, request: ChatRequest<"chat.x.groups">): Promise<Refusal | undefined> {
  const { after, limit } = request.body;
  const page = await parts.settings.store.groupsOf(request.session.account, { after, limit: limitOf(limit, MAX_PAGE) });
  request.respond({ groups: fitting(page, ({ groupId, name, avatar, owner }) => [groupId, name, avatar, owner]) });
  return undefined;
}
