import type { ChatState, Conversation } from "../../shared/chat-state.js";
import { type ConversationKey, isGroup, partsOf } from "../../shared/conversation-key.js";
import { element, hiddenText, setAttribute, setText } from "../element.js";
import { icon } from "../icons.js";
import type { Actions } from "./actions.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { GroupButtons } from "./group-buttons.js";
import { MessageLog } from "./message-log.js";
import { type Invitation, NoConversationView } from "./no-conversation-view.js";

/** The open conversation: its head, its messages, and a field to write in. */
export class ConversationView {
  readonly node = element("section", { class: "conversation", attributes: { "aria-label": "Conversation" } });
  readonly #noConversation: NoConversationView;
  readonly #face = element("span", { class: "face" });
  readonly #title = element("h2", { class: "conversation-title" });
  readonly #presence = element("p", { class: "conversation-presence quiet" });
  readonly #groupButtons: GroupButtons;
  readonly #head: HTMLElement;
  readonly #composer: Composer;
  readonly #actions: Actions;
  #log: MessageLog | undefined;
  #key: ConversationKey | undefined;

  constructor(actions: Actions) {
    this.#actions = actions;
    this.#composer = new Composer(actions);
    const back = element("button", { class: "icon-button back", onClick: actions.closeConversation }, icon("back"));
    back.append(hiddenText("All conversations"));
    const names = element("div", { class: "conversation-names" }, this.#title, this.#presence);
    this.#groupButtons = new GroupButtons(actions);
    const buttons = this.#groupButtons.node;
    this.#head = element("header", { class: "conversation-head" }, back, this.#face, names, buttons);
    this.#noConversation = new NoConversationView(actions);
    this.node.append(this.#noConversation.node);
  }

  get isAtNewest(): boolean {
    return this.#log?.isAtNewest ?? false;
  }

  draw(state: ChatState, open: ConversationKey | undefined, invitation: Invitation | undefined): void {
    const conversation = open && state.conversations.get(open);
    if (conversation?.key !== this.#key) this.#begin(conversation, state.me);
    if (!conversation) {
      this.#noConversation.draw(invitation);
      return;
    }
    setText(this.#title, conversation.title);
    setText(this.#presence, presenceOf(conversation, state));
    const isOnline = state.connection.state === "online" && state.online.has(partsOf(conversation.key).account);
    setAttribute(this.#face, "data-online", isOnline);
    this.#groupButtons.draw(conversation);
    this.#log!.draw(conversation, state);
  }

  #begin(conversation: Conversation | undefined, me: string): void {
    this.#key = conversation?.key;
    if (!conversation) {
      this.node.replaceChildren(this.#noConversation.node);
      return;
    }
    this.#log = new MessageLog(conversation, me, this.#actions);
    this.#face.replaceChildren(avatar(conversation.key));
    this.#groupButtons.node.hidden = !isGroup(conversation.key);
    this.node.replaceChildren(this.#head, this.#log.node, this.#composer.node);
    this.#composer.reset(conversation.title);
  }
}

function presenceOf({ key, members }: Conversation, { online, me, connection }: ChatState): string {
  if (connection.state !== "online") return "You are not connected";
  if (!isGroup(key)) return online.has(partsOf(key).account) ? "Online" : "Offline";
  if (members.length === 0) return "";
  const others = members.filter((member) => member !== me && online.has(member)).length;
  const who = others === 0 ? "nobody else" : others === 1 ? "1 other" : `${others} others`;
  return `${members.length} members, ${who} online`;
}
