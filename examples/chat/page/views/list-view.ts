import type { ChatState, Conversation } from "../../shared/chat-state.js";
import { listed, newestMessage, unreadCount } from "../../shared/chat-views.js";
import { type ConversationKey, isGroup, partsOf, withAccount } from "../../shared/conversation-key.js";
import { element, hiddenText, setAttribute, setText } from "../element.js";
import { icon } from "../icons.js";
import { KeyedList, type Row } from "../keyed-list.js";
import { shortTime } from "../times.js";
import type { Actions } from "./actions.js";
import { avatar } from "./avatar.js";
import { NewGroupDialog } from "./new-group-dialog.js";
import { NewTalkDialog } from "./new-talk-dialog.js";

interface Entry {
  readonly conversation: Conversation;
  readonly isOnline: boolean;
  readonly isOpen: boolean;
  readonly me: string;
}

/** Groups and people: who is online, what was said last, and how much is unread. */
export class ListView {
  readonly node: HTMLElement;
  readonly #me = element("div", { class: "me" });
  readonly #lists: Readonly<Record<"groups" | "people", KeyedList<Entry>>>;
  readonly #newGroup: NewGroupDialog;

  constructor(actions: Actions) {
    this.#newGroup = new NewGroupDialog(actions);
    const newTalk = new NewTalkDialog(actions);
    const groups = element("ul", { class: "entries" });
    const people = element("ul", { class: "entries" });
    const rowOf = (entry: Entry) => entryRow(entry, actions);
    this.#lists = {
      groups: new KeyedList(groups, ({ conversation }) => conversation.key, rowOf),
      people: new KeyedList(people, ({ conversation }) => conversation.key, rowOf),
    };
    this.node = element(
      "nav",
      { class: "list", attributes: { "aria-label": "Conversations" } },
      this.#me,
      section("Groups", "New group", groups, () => this.#newGroup.open()),
      section("People", "New conversation", people, () => newTalk.open()),
      this.#newGroup.node,
      newTalk.node,
    );
  }

  draw(state: ChatState, open: ConversationKey | undefined): void {
    const { me, online, connection } = state;
    if (!this.#me.firstChild) {
      const name = element("h2", { class: "me-name" }, me);
      this.#me.append(avatar(withAccount(me)), element("div", {}, name, element("div", { class: "me-state quiet" })));
    }
    setText(this.#me.querySelector(".me-state")!, connection.state === "online" ? "Online" : "Not connected");
    setAttribute(this.#me, "data-online", connection.state === "online");
    for (const which of ["groups", "people"] as const) {
      const entries = listed(state, which).map((conversation) => ({
        conversation,
        // Without a connection the presence is unknown.
        isOnline: connection.state === "online" && online.has(partsOf(conversation.key).account),
        isOpen: conversation.key === open,
        me,
      }));
      this.#lists[which].update(entries);
    }
    this.#newGroup.people = listed(state, "people").map(({ title }) => title);
  }
}

function section(title: string, action: string, list: HTMLElement, onClick: () => void): HTMLElement {
  const add = element("button", { class: "icon-button", onClick, attributes: { title: action } }, icon("plus"));
  add.append(hiddenText(action));
  const head = element("div", { class: "section-head" }, element("h2", {}, title), add);
  return element("section", { class: "section" }, head, list);
}

function entryRow({ conversation: { key } }: Entry, { openConversation }: Actions): Row<Entry> {
  const name = element("span", { class: "entry-name" });
  const time = element("span", { class: "entry-time quiet" });
  const preview = element("span", { class: "entry-preview quiet" });
  const badge = element("span", { class: "badge" });
  const presence = hiddenText("");
  const face = element("span", { class: "face" }, avatar(key));
  const top = element("span", { class: "entry-line" }, name, presence, time);
  const bottom = element("span", { class: "entry-line" }, preview, badge);
  const lines = element("span", { class: "entry-lines" }, top, bottom);
  const button = element("button", { class: "entry", onClick: () => openConversation(key) }, face, lines);
  return {
    node: element("li", {}, button),
    update({ conversation, isOnline, isOpen, me }) {
      const newest = newestMessage(conversation);
      const unread = unreadCount(conversation, me);
      setText(name, conversation.title);
      setText(presence, isGroup(key) ? "" : isOnline ? ", online" : ", offline");
      setText(time, newest ? shortTime(newest.sentAtMs) : "");
      setText(preview, newest ? `${prefixOf(newest.sender, me, key)}${newest.text}` : "Nothing said yet");
      badge.hidden = unread === 0;
      if (badge.textContent !== `${unread} unread`) badge.replaceChildren(String(unread), hiddenText(" unread"));
      setAttribute(face, "data-online", isOnline);
      setAttribute(button, "aria-current", isOpen ? "true" : undefined);
      setAttribute(button, "data-unread", unread > 0);
    },
  };
}

function prefixOf(sender: string, me: string, key: ConversationKey): string {
  if (sender === me) return "You: ";
  return isGroup(key) ? `${sender}: ` : "";
}
