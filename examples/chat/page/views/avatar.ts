import { type ConversationKey, isGroup, partsOf } from "../../shared/conversation-key.js";
import { element } from "../element.js";
import { icon } from "../icons.js";

const COLOURS = 8;

/** A circle with the first letter of an account in the colour of that account, or with a sign for a group. Screen readers skip it. */
export function avatar(key: ConversationKey): HTMLElement {
  const letters = [...partsOf(key).account];
  const sum = letters.reduce((total, letter) => (total * 131 + letter.codePointAt(0)!) % 9_973, 7);
  const colour = isGroup(key) ? "group" : sum % COLOURS;
  const options = { class: `avatar colour-${colour}`, attributes: { "aria-hidden": "true" } };
  return element("span", options, letters[0]?.toUpperCase() ?? icon("group"));
}
