import type { Conversation } from "@im/chat";

// Keys are text, in the order of their UTF-8. A text that something follows has its length in front, so that no two keys meet;
// an id has 16 hexadecimal digits.

/** The layout of the folder: a version that reads another layout has a higher number. */
export const FORMAT = 1;

export const formatKey = "!format";
/** The last id that was given, and how many messages there are. */
export const stateKey = "!state";
/** Up to which id the idempotency keys are forgotten. */
export const forgottenKey = "!forgotten";

export const message = (messageId: bigint) => `m${idText(messageId)}`;
/** What an account sent and received, in talks with accounts. */
export const inbox = (account: string) => `i${sized(account)}`;
export const groupLog = (groupId: string) => `g${sized(groupId)}`;
/** What two accounts said to each other: the same for both. */
export const talk = (one: string, other: string) =>
  one < other ? `p${sized(one)}${sized(other)}` : `p${sized(other)}${sized(one)}`;
export const idempotency = (sender: string) => `k${sized(sender)}`;
export const group = (groupId: string) => `G${groupId}`;
export const members = (groupId: string) => `M${sized(groupId)}`;
/** The memberships of an account, past ones too. */
export const memberships = (account: string) => `A${sized(account)}`;
export const positions = (account: string) => `P${sized(account)}`;
export const readMarks = (account: string) => `R${sized(account)}`;

export const nameOf = (conversation: Conversation) =>
  "group" in conversation ? `g${conversation.group}` : `a${conversation.account}`;

export const MESSAGES = "m";

export function idText(id: bigint): string {
  return id.toString(16).padStart(16, "0");
}

/** The id at the end of a key. */
export function idAtEnd(key: string): bigint {
  return BigInt(`0x${key.slice(-16)}`);
}

function sized(text: string): string {
  return `${text.length}:${text}`;
}

/** The text behind `kind`, its length and a colon at the beginning of a key. */
export function ownerOf(key: string): string {
  const colon = key.indexOf(":");
  return key.slice(colon + 1, colon + 1 + Number(key.slice(1, colon)));
}
