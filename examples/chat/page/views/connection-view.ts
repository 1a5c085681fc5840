import { ClientError, type ClientStatus } from "@im/client";
import { element, setText } from "../element.js";
import type { Actions } from "./actions.js";

/** Shows that the connection is lost, and when the next attempt is made. It is empty while the client is online. */
export class ConnectionView {
  readonly #text = element("span", { attributes: { role: "status" } });
  /** Changes every second, so screen readers skip it. */
  readonly #countdown = element("span", { class: "countdown", attributes: { "aria-hidden": "true" } });
  readonly #takeOver: HTMLButtonElement;
  readonly node: HTMLElement;
  #status: ClientStatus = { state: "idle" };
  #nextAttemptAtMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor({ takeOver }: Actions) {
    this.#takeOver = element("button", { class: "button small", onClick: takeOver }, "Use it here");
    this.node = element("div", { class: "connection" }, this.#text, this.#countdown, this.#takeOver);
  }

  draw(status: ClientStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    clearInterval(this.#timer);
    this.node.dataset.state = status.state;
    this.#takeOver.hidden = status.state !== "closed";
    setText(this.#text, sentenceOf(status));
    setText(this.#countdown, "");
    if (status.state !== "offline") return;
    this.#nextAttemptAtMs = performance.now() + status.retryInMs;
    this.#countDown();
    this.#timer = setInterval(() => this.#countDown(), 1_000);
  }

  #countDown(): void {
    const seconds = Math.ceil((this.#nextAttemptAtMs - performance.now()) / 1_000);
    setText(this.#countdown, seconds > 0 ? `Next attempt in ${seconds} s` : "Next attempt now");
  }
}

function sentenceOf(status: ClientStatus): string {
  switch (status.state) {
    case "idle":
    case "online":
      return "";
    case "connecting":
      return status.failures === 0 ? "Connecting…" : "Connecting again…";
    case "offline":
      return "You are offline. What you write is sent later.";
    case "closed":
      return status.reason instanceof ClientError && status.reason.code === "IM_ERR_KICKED_OUT"
        ? "This device has signed in elsewhere."
        : `The connection has ended: ${status.reason?.message ?? "it was closed"}.`;
  }
}
