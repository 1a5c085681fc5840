import { element } from "../element.js";
import type { Actions } from "./actions.js";
import { dialogWith } from "./dialog.js";

/** Asks for the name and the members of a group. */
export class NewGroupDialog {
  readonly node: HTMLDialogElement;
  /** The accounts to choose from. */
  people: readonly string[] = [];
  readonly #name = element("input", {
    attributes: { id: "group-name", required: true, maxlength: "80", autocomplete: "off" },
  });
  readonly #members = element("fieldset", { class: "members" });

  constructor({ createGroup }: Actions) {
    const label = element("label", { attributes: { for: "group-name" } }, "Name of the group");
    const field = element("div", { class: "field" }, label, this.#name);
    this.node = dialogWith("New group", "Create", [field, this.#members], () => {
      const chosen = [...this.#members.querySelectorAll("input:checked")].map((one) => (one as HTMLInputElement).value);
      return createGroup(this.#name.value.trim(), chosen);
    });
  }

  open(): void {
    this.#name.value = "";
    const choices = this.people.map((person) => {
      const box = element("input", { attributes: { type: "checkbox", value: person } });
      return element("label", { class: "choice" }, box, person);
    });
    this.#members.replaceChildren(element("legend", {}, "Members besides you"), ...choices);
    this.node.showModal();
  }
}
