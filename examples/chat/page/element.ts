type Child = Node | string | undefined | false;

interface Properties {
  readonly class?: string;
  /** Attributes as they stand in HTML; false and undefined leave one out. */
  readonly attributes?: Readonly<Record<string, string | boolean | undefined>>;
  readonly onClick?: () => unknown;
}

/** Makes an element. Strings become text nodes, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { class: className, attributes = {}, onClick }: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== undefined) made.className = className;
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  if (onClick) made.addEventListener("click", () => void onClick());
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** Sets or removes an attribute, if that changes anything. */
export function setAttribute(of: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) of.removeAttribute(name);
  else if (of.getAttribute(name) !== String(value)) of.setAttribute(name, value === true ? "" : value);
}

/** Sets the text of an element, if that changes anything. */
export function setText(of: Element, text: string): void {
  if (of.textContent !== text) of.textContent = text;
}

/** Text for screen readers only. */
export function hiddenText(text: string): HTMLElement {
  return element("span", { class: "visually-hidden" }, text);
}
