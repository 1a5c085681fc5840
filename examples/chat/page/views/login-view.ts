import { element } from "../element.js";

/** Asks for a name. Resolves with the account: the development login asks for no password. */
export function askForAccount(people: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const field = element("input", {
      attributes: { id: "account", name: "account", autocomplete: "username", required: true, maxlength: "40" },
    });
    const form = element(
      "form",
      { class: "login-form" },
      element("label", { attributes: { for: "account" } }, "Your name"),
      element("div", { class: "field-row" }, field, element("button", { class: "button primary" }, "Open the chat")),
    );
    const main = element(
      "main",
      { class: "login" },
      element("h1", {}, "Who are you?"),
      element(
        "p",
        { class: "quiet" },
        "This is a development login: it asks for no password. Choose a person, or enter a name.",
      ),
      element("div", { class: "login-people" }, ...people.map((name) => personButton(name, () => done(name)))),
      form,
    );
    const done = (account: string) => {
      main.remove();
      resolve(account);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const account = field.value.trim();
      if (account) done(account);
    });
    document.body.append(main);
    field.focus();
  });
}

function personButton(name: string, onClick: () => void): HTMLElement {
  return element("button", { class: "button", onClick, attributes: { type: "button" } }, name);
}
