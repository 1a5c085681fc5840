/** The extension that a client names, as `im.ext:chat`, to get the pushes of {@link chatCommands} and to send their requests. */
export const CHAT_EXTENSION = "chat";

/** The chat's own commands. kim's clients never get one. */
export const chatCommands = {
  /** Request: what was said in a conversation, backwards. */
  history: "chat.x.history",
  /** Request: up to where a conversation is read by oneself, and received and read by the other. */
  marks: "chat.x.marks",
  /** Request: a conversation is read up to an id. Push: it was, on another device of the same account. */
  read: "chat.x.read",
  /** Push: another account has received, or read, what was sent to it, up to an id. */
  receipt: "chat.x.receipt",
  /** Request: one's own groups, in pages. */
  groups: "chat.x.groups",
  /** Request: the members of a group, in pages. */
  members: "chat.x.members",
  /** Request: which of the named accounts are online. Push: one that is watched has come or gone. */
  presence: "chat.x.presence",
} as const;
