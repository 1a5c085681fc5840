import { element } from "../element.js";
import type { Actions } from "./actions.js";
import { dialogWith } from "./dialog.js";

/** Asks for a name that is not in the list. */
export class NewTalkDialog {
  readonly node: HTMLDialogElement;
  readonly #name = element("input", {
    attributes: { id: "talk-to", required: true, maxlength: "40", autocomplete: "off" },
  });

  constructor({ talkTo }: Actions) {
    const field = element(
      "div",
      { class: "field" },
      element("label", { attributes: { for: "talk-to" } }, "Name"),
      this.#name,
    );
    this.node = dialogWith("New conversation", "Open", [field], () => {
      const name = this.#name.value.trim();
      if (name) talkTo(name);
    });
  }

  open(): void {
    this.#name.value = "";
    this.node.showModal();
  }
}
