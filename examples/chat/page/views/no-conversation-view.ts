import type { ConversationKey } from "../../shared/conversation-key.js";
import { element, setText } from "../element.js";
import type { Actions } from "./actions.js";

/** A group that the address names and that the account has not joined. */
export interface Invitation {
  readonly conversation: ConversationKey;
  /** undefined if there is no such group. */
  readonly name: string | undefined;
}

/** What stands in place of a conversation: a hint to choose one, or the offer to join a group. */
export class NoConversationView {
  readonly #title = element("h2", { class: "nothing-title" });
  readonly #text = element("p", { class: "quiet" });
  readonly #failure = element("p", { class: "failure", attributes: { role: "alert" } });
  readonly #join: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  readonly node: HTMLElement;
  #invitation: Invitation | undefined;

  constructor({ joinGroup, closeConversation }: Actions) {
    this.#join = element("button", { class: "button primary", onClick: () => this.#joinBy(joinGroup) }, "Join");
    this.#back = element("button", { class: "button", onClick: closeConversation }, "All conversations");
    const buttons = element("div", { class: "nothing-buttons" }, this.#join, this.#back);
    this.node = element("div", { class: "nothing-open" }, this.#title, this.#text, this.#failure, buttons);
  }

  draw(invitation: Invitation | undefined): void {
    this.#invitation = invitation;
    const isGroup = invitation?.name !== undefined;
    setText(this.#title, invitation ? (invitation.name ?? "There is no such group") : "Choose a conversation");
    setText(this.#text, textOf(invitation));
    this.#join.hidden = !isGroup;
    this.#back.hidden = invitation === undefined;
    if (!isGroup) setText(this.#failure, "");
  }

  async #joinBy(joinGroup: Actions["joinGroup"]): Promise<void> {
    const { conversation, name } = this.#invitation!;
    setText(this.#failure, "");
    try {
      await joinGroup(conversation, name!);
    } catch (error) {
      setText(this.#failure, `Joining failed: ${(error as Error).message}`);
    }
  }
}

function textOf(invitation: Invitation | undefined): string {
  if (!invitation) return "Open this page as another person in a second tab, and talk to yourself.";
  return invitation.name === undefined
    ? "The link names a group that does not exist."
    : "You have an invitation to this group. Members see what is said after they join.";
}
