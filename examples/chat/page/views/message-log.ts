import type { ChatState, Conversation } from "../../shared/chat-state.js";
import { unreadCount } from "../../shared/chat-views.js";
import { isGroup } from "../../shared/conversation-key.js";
import { element, setAttribute, setText } from "../element.js";
import { KeyedList } from "../keyed-list.js";
import type { Actions } from "./actions.js";
import { logRow } from "./bubble-row.js";
import { type LogItem, logItems } from "./log-items.js";

const NEAR_PX = 80;

/** The messages of the conversation that is open: stays at the newest one, unless the user has scrolled up. */
export class MessageLog {
  readonly node: HTMLElement;
  readonly #top = element("p", { class: "log-top quiet" });
  readonly #rows: HTMLElement;
  readonly #list: KeyedList<LogItem>;
  readonly #actions: Actions;
  #newAfterId: bigint | undefined;
  #oldestId: bigint | undefined;
  #isAtNewest = true;

  constructor(conversation: Conversation, me: string, actions: Actions) {
    this.#actions = actions;
    this.#rows = element("div", { class: "log-rows", attributes: { role: "log" } });
    this.node = element("div", { class: "log", attributes: { tabindex: "0" } }, this.#top, this.#rows);
    this.#list = new KeyedList(
      this.#rows,
      ({ key }) => key,
      (item) => logRow(item, actions, isGroup(conversation.key)),
    );
    if (unreadCount(conversation, me) > 0) this.#newAfterId = conversation.readId;
    this.node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  get isAtNewest(): boolean {
    return this.#isAtNewest;
  }

  draw(conversation: Conversation, state: ChatState): void {
    setAttribute(this.#rows, "aria-label", `Messages with ${conversation.title}`);
    const oldestId = conversation.messages[0]?.messageId;
    const isEarlierAdded = oldestId !== this.#oldestId;
    this.#oldestId = oldestId;
    // Screen readers do not announce earlier messages.
    this.#rows.setAttribute("aria-live", isEarlierAdded ? "off" : "polite");
    const fromEndPx = this.node.scrollHeight - this.node.scrollTop;
    this.#list.update(logItems(conversation, state, this.#newAfterId));
    setText(this.#top, topText(conversation, state));
    if (this.#isAtNewest) this.toNewest();
    else if (isEarlierAdded) this.node.scrollTop = this.node.scrollHeight - fromEndPx;
    if (this.node.scrollHeight <= this.node.clientHeight) this.#actions.loadEarlier();
  }

  toNewest(): void {
    this.node.scrollTop = this.node.scrollHeight;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    const wasAtNewest = this.#isAtNewest;
    this.#isAtNewest = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (this.#isAtNewest && !wasAtNewest) this.#actions.reachedNewest();
    if (scrollTop < 3 * NEAR_PX) this.#actions.loadEarlier();
  }
}

function topText({ hasBeginning, messages, title, key }: Conversation, { connection }: ChatState): string {
  if (!hasBeginning) return connection.state === "online" ? "Loading earlier messages…" : "";
  if (messages.length > 0) return "This is the beginning.";
  return isGroup(key) ? "Nothing has been said in this group yet." : `You and ${title} have not talked yet. Say hello.`;
}
