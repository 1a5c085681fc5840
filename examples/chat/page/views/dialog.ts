import { element, setText } from "../element.js";

/** A dialog with a form. It stays open, and says why, if what it is for fails. */
export function dialogWith(
  title: string,
  action: string,
  fields: readonly HTMLElement[],
  onSubmit: () => unknown,
): HTMLDialogElement {
  const heading = element("h2", { attributes: { id: `dialog-${title.replaceAll(" ", "-")}` } }, title);
  const failure = element("p", { class: "failure", attributes: { role: "alert" } });
  const cancel = element("button", { class: "button", attributes: { type: "button" } }, "Cancel");
  const submit = element("button", { class: "button primary" }, action);
  const buttons = element("div", { class: "dialog-buttons" }, cancel, submit);
  const form = element("form", {}, heading, ...fields, failure, buttons);
  const dialog = element("dialog", { attributes: { "aria-labelledby": heading.id } }, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => setText(failure, ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await onSubmit();
      dialog.close();
    } catch (error) {
      setText(failure, `That did not work: ${(error as Error).message}`);
    }
  });
  return dialog;
}
