import { Status } from "@im/wire";
import type { Refused } from "../chat-rules.js";
import type { Conversation } from "../ports/message-log.js";
import { Refusal } from "./serve.js";

/** The client tries again. */
export const busy = /* @__PURE__ */ new Refusal(Status.SystemException, "too many messages: try again later");

// The others are below 300, so that no client tries again, and below 400, so that kim's clients do not sign in again.

export const noSuchGroup = /* @__PURE__ */ new Refusal(Status.NoDestination, "there is no such group");
export const notAMember = /* @__PURE__ */ new Refusal(Status.Unauthorized, "you are not a member of this group");
export const notYours = /* @__PURE__ */ new Refusal(Status.Unauthorized, "there is no such message that you may see");

export function invalid(message: string): Refusal {
  return new Refusal(Status.InvalidPacketBody, message);
}

export function forbidden({ refused }: Refused): Refusal {
  return new Refusal(Status.Unauthorized, refused);
}

/** Of an account, a group id and a device, in UTF-16 units. */
export const MAX_NAME_LENGTH = 1_024;

/** Whether a text may be the name of an account. */
export function isName(name: string): boolean {
  return name !== "" && name.length <= MAX_NAME_LENGTH;
}

/** The conversation that a request names. */
export function conversationOf(body: { readonly account: string; readonly groupId: string }): Conversation | Refusal {
  const { account, groupId } = body;
  const hasOne = (account === "") !== (groupId === "");
  if (!hasOne || !isName(account || groupId))
    return invalid("exactly one of account and groupId must name a conversation");
  return account === "" ? { group: groupId } : { account };
}

/** The limit that a client asks for, within what is allowed; 0 for all of that. */
export function limitOf(asked: number, allowed: number): number {
  return asked > 0 && asked < allowed ? asked : allowed;
}
