/** The commands of kim. Any other text is allowed on the wire too. */
export const commands = {
  loginSignIn: "login.signin",
  loginSignOut: "login.signout",
  chatUserTalk: "chat.user.talk",
  chatGroupTalk: "chat.group.talk",
  chatTalkAck: "chat.talk.ack",
  offlineIndex: "chat.offline.index",
  offlineContent: "chat.offline.content",
  groupCreate: "chat.group.create",
  groupJoin: "chat.group.join",
  groupQuit: "chat.group.quit",
  groupMembers: "chat.group.members",
  groupDetail: "chat.group.detail",
} as const;

export type Command = (typeof commands)[keyof typeof commands];

/** The service that a command belongs to: what stands before the first dot, or `default` without a dot, as in kim. */
export function serviceOf(command: string): string {
  const dot = command.indexOf(".");
  return dot < 0 ? "default" : command.slice(0, dot);
}
