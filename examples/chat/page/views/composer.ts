import { element, hiddenText, setText } from "../element.js";
import { icon } from "../icons.js";
import type { Actions } from "./actions.js";

/** The field in which messages are written. Enter sends; Shift and Enter begin a new line. */
export class Composer {
  readonly node: HTMLFormElement;
  readonly #label = element("label", { class: "visually-hidden", attributes: { for: "message" } });
  readonly #field = element("textarea", {
    attributes: { id: "message", rows: "1", placeholder: "Write a message", enterkeyhint: "send", maxlength: "4000" },
  });

  constructor({ send }: Actions) {
    const button = element("button", { class: "send" }, icon("send"), hiddenText("Send"));
    const row = element("div", { class: "composer-row" }, this.#label, this.#field, button);
    this.node = element("form", { class: "composer" }, row);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      this.#field.focus();
      if (text === "") return;
      this.#field.value = "";
      send(text);
    });
    this.#field.addEventListener("keydown", (event) => {
      // While an input method composes a word, Enter chooses it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.node.requestSubmit();
    });
  }

  /** Clears the field for another conversation. */
  reset(title: string): void {
    setText(this.#label, `Message to ${title}`);
    this.#field.value = "";
    // On a phone the focus would open the keyboard over the messages.
    if (!matchMedia("(pointer: coarse)").matches) this.#field.focus();
  }
}
