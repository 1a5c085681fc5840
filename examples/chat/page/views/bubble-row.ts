import type { Tick } from "../../shared/chat-views.js";
import { withAccount } from "../../shared/conversation-key.js";
import { element, hiddenText, setAttribute, setText } from "../element.js";
import { icon } from "../icons.js";
import type { Row } from "../keyed-list.js";
import { clockTime, dayName } from "../times.js";
import type { Actions } from "./actions.js";
import { avatar } from "./avatar.js";
import type { Bubble, LogItem } from "./log-items.js";

const tickNames: Readonly<Record<Tick, string>> = {
  waiting: "Waiting for the connection",
  sent: "Sent",
  refused: "Not sent",
  stored: "Stored by the server",
  received: "Received",
  read: "Read",
};

/** @param isInGroup whether senders are named */
export function logRow(item: LogItem, actions: Actions, isInGroup: boolean): Row<LogItem> {
  if (item.kind === "bubble") return bubbleRow(item, actions, isInGroup) as Row<LogItem>;
  const text = item.kind === "day" ? dayName(item.atMs) : "New messages";
  return {
    node: element("div", { class: `separator separator-${item.kind}` }, element("span", {}, text)),
    update() {},
  };
}

function bubbleRow(bubble: Bubble, { sendAgain, discard }: Actions, isInGroup: boolean): Row<Bubble> {
  const { key, isOwn, sender, text } = bubble;
  const time = element("time", { class: "bubble-time" });
  const tick = element("span", { class: "tick" });
  const meta = element("span", { class: "bubble-meta" }, time, isOwn && tick);
  const who = element("span", {}, isOwn ? "You" : sender, hiddenText(": "));
  const refusal = element("div", { class: "refusal" });
  const body = element("div", { class: "bubble" }, who, element("span", { class: "bubble-text" }, text), meta);
  const face = isInGroup && !isOwn && element("span", { class: "bubble-face" }, avatar(withAccount(sender)));
  const node = element(
    "div",
    { class: isOwn ? "row own" : "row" },
    face,
    element("div", { class: "bubble-column" }, body, refusal),
  );
  const again = element("button", { class: "button small", onClick: () => sendAgain(key, text) }, "Try again");
  const drop = element("button", { class: "button small", onClick: () => discard(key) }, "Discard");
  return {
    node,
    update({ atMs, startsRun, tick: reached, refusal: reason }) {
      setText(time, clockTime(atMs));
      setAttribute(time, "datetime", new Date(atMs).toISOString());
      setAttribute(node, "data-starts-run", startsRun);
      who.className = isInGroup && !isOwn && startsRun ? "bubble-sender" : "visually-hidden";
      if (reached && tick.dataset.tick !== reached) {
        tick.dataset.tick = reached;
        tick.title = tickNames[reached];
        tick.replaceChildren(icon(reached), hiddenText(tickNames[reached]));
      }
      if (reason === undefined) refusal.replaceChildren();
      else if (!refusal.firstChild) refusal.append(element("span", {}, `Not sent: ${reason}.`), again, drop);
    },
  };
}
