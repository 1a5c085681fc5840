import type { Conversation } from "../../shared/chat-state.js";
import { element, hiddenText, setText } from "../element.js";
import { icon } from "../icons.js";
import { linkTo } from "../open-conversation.js";
import type { Actions } from "./actions.js";
import { dialogWith } from "./dialog.js";

/** How long the page says that the link is copied. */
const COPIED_MS = 4_000;

/** The buttons of a group: copy a link that invites others, and leave. */
export class GroupButtons {
  readonly node: HTMLElement;
  readonly #copied = element("span", { class: "copied quiet", attributes: { role: "status" } });
  #group: Conversation | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ leaveGroup }: Actions) {
    const consequence = element(
      "p",
      { class: "quiet" },
      "You get none of its messages until you join again by a link.",
    );
    const leave = dialogWith("Leave this group?", "Leave", [consequence], () => leaveGroup(this.#group!.key));
    this.node = element(
      "div",
      { class: "group-buttons" },
      this.#copied,
      iconButton("Copy invitation link", "link", () => this.#copy()),
      iconButton("Leave group", "leave", () => leave.showModal()),
      leave,
    );
  }

  draw(conversation: Conversation): void {
    if (conversation.key !== this.#group?.key) setText(this.#copied, "");
    this.#group = conversation;
  }

  async #copy(): Promise<void> {
    const link = linkTo(this.#group!.key);
    const text = await navigator.clipboard.writeText(link).then(
      () => "Link copied",
      () => "This browser forbids copying",
    );
    setText(this.#copied, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#copied, ""), COPIED_MS);
  }
}

function iconButton(name: string, drawing: "link" | "leave", onClick: () => unknown): HTMLButtonElement {
  return element(
    "button",
    { class: "icon-button", attributes: { title: name }, onClick },
    icon(drawing),
    hiddenText(name),
  );
}
