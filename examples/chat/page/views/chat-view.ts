import type { ChatState } from "../../shared/chat-state.js";
import type { ConversationKey } from "../../shared/conversation-key.js";
import { element, setAttribute } from "../element.js";
import type { Actions } from "./actions.js";
import { ConnectionView } from "./connection-view.js";
import { ConversationView } from "./conversation-view.js";
import { ListView } from "./list-view.js";
import type { Invitation } from "./no-conversation-view.js";

/** The whole page: list and conversation side by side, or one at a time where it is narrow. */
export class ChatView {
  readonly #root = element("main", { class: "chat" }, element("h1", { class: "visually-hidden" }, "Chat"));
  readonly #connection: ConnectionView;
  readonly #list: ListView;
  readonly #conversation: ConversationView;

  constructor(actions: Actions) {
    this.#connection = new ConnectionView(actions);
    this.#list = new ListView(actions);
    this.#conversation = new ConversationView(actions);
    this.#root.append(this.#connection.node, this.#list.node, this.#conversation.node);
    document.body.append(this.#root);
  }

  draw(state: ChatState, open: ConversationKey | undefined, invitation: Invitation | undefined): void {
    setAttribute(this.#root, "data-open", open !== undefined);
    this.#connection.draw(state.connection);
    this.#list.draw(state, open);
    this.#conversation.draw(state, open, invitation);
  }

  get isAtNewest(): boolean {
    return this.#conversation.isAtNewest;
  }
}
