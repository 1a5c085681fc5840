import type { ClientStatus } from "@im/client";
import type { ChatEvent, Message } from "../shared/chat-event.js";
import type { ChatSession } from "../shared/chat-session.js";
import { afterEvent, type ChatState, initialState } from "../shared/chat-state.js";
import { listed } from "../shared/chat-views.js";
import { type ConversationKey, inGroup, isGroup, withAccount } from "../shared/conversation-key.js";
import { printable, type Screen } from "./screen.js";

const HELP = `  /to <name>    talk to a person or in a group    /who     who is online
  /history      earlier messages                  /leave   leave the group
  /join <link>  join a group by its link          /quit    end the program`;

/** The chat of one account in a terminal: prints messages, and carries out what is typed. */
export class TerminalChat {
  readonly #screen: Screen;
  #state: ChatState;
  #session: ChatSession | undefined;
  #open: ConversationKey | undefined;
  /** Messages that are printed. */
  readonly #printed = new Set<bigint>();

  constructor(account: string, screen: Screen) {
    this.#state = initialState(account);
    this.#screen = screen;
  }

  open(session: ChatSession, people: readonly string[]): void {
    this.#session = session;
    this.handle({ type: "people", accounts: people.filter((person) => person !== this.#state.me) });
    this.#screen.print(HELP);
    this.#screen.prompt("");
    session.connect();
  }

  handle(event: ChatEvent): void {
    this.#state = afterEvent(this.#state, event);
    if (event.type === "connection") this.#printStatus(event.status);
    if (event.type === "messages") for (const message of event.messages) this.#printMessage(message);
    if (event.type === "stored") this.#printMessage(event.message);
    if (event.type === "refused") this.#print("red", `  not sent: ${event.reason}`);
  }

  /** Carries out a line. @returns "quit" if it asks for that */
  enter(line: string): "quit" | undefined {
    const [command = "", ...rest] = line.trim().split(" ");
    const argument = rest.join(" ").trim();
    if (command === "/quit") return "quit";
    if (command === "/to" && argument !== "") this.#talkTo(argument);
    else if (command === "/who") this.#printPeople();
    else if (command === "/history") this.#loadHistory();
    else if (command === "/join") void this.#tell(this.#join(argument));
    else if (command === "/leave") void this.#tell(this.#leave());
    else if (command.startsWith("/")) this.#screen.print(HELP);
    else if (line.trim() !== "") this.#say(line);
    return undefined;
  }

  #talkTo(name: string): void {
    const group = listed(this.#state, "groups").find(({ title }) => title.toLowerCase() === name.toLowerCase());
    this.#open = group?.key ?? withAccount(name);
    this.#screen.prompt(group?.title ?? name);
    this.#print("gray", `  what you write goes to ${group?.title ?? name}`);
  }

  /** @param link of an invitation, as the page copies it */
  async #join(link: string): Promise<string> {
    const key = decodeURIComponent(new URL(link).hash.slice(1));
    const conversation = inGroup(key.slice("group:".length));
    const name = await this.#session!.groupName(conversation);
    if (name === undefined) throw new Error("there is no such group");
    await this.#session!.joinGroup(conversation, name);
    this.#talkTo(name);
    return `you are a member of ${name}`;
  }

  async #leave(): Promise<string> {
    const key = this.#open;
    if (!key || !isGroup(key)) throw new Error("choose the group first, with /to <name>");
    const { title } = this.#state.conversations.get(key)!;
    await this.#session!.leaveGroup(key);
    this.#open = undefined;
    this.#screen.prompt("");
    return `you have left ${title}`;
  }

  /** Prints how something ended. */
  async #tell(result: Promise<string>): Promise<void> {
    await result.then(
      (text) => this.#print("gray", `  ${text}`),
      (error: Error) => this.#print("red", `  ${error.message}`),
    );
  }

  #say(text: string): void {
    if (this.#open) void this.#session!.send(this.#open, text);
    else this.#print("red", "  Choose a person or a group first: /to bob");
  }

  #loadHistory(): void {
    const key = this.#open;
    const oldestId = key && this.#state.conversations.get(key)?.messages[0]?.messageId;
    const failed = (error: Error) => this.#print("red", `  ${error.message}`);
    if (key) this.#session!.loadHistory(key, oldestId).catch(failed);
    else this.#print("red", "  Choose a person or a group first: /to bob");
  }

  #printPeople(): void {
    const people = listed(this.#state, "people").map(({ title }) => title);
    this.#session!.watch(people).then(
      () => {
        for (const name of people) {
          const isOnline = this.#state.online.has(name);
          this.#print(isOnline ? "green" : "gray", `  ${isOnline ? "●" : "○"} ${name}`);
        }
        for (const { title } of listed(this.#state, "groups")) this.#print("gray", `  # ${title}`);
      },
      (error: Error) => this.#print("red", `  ${error.message}`),
    );
  }

  #printMessage({ messageId, conversation, sender, text, sentAtMs }: Message): void {
    if (this.#printed.has(messageId)) return;
    this.#printed.add(messageId);
    const title = this.#state.conversations.get(conversation)?.title ?? "";
    const where = conversation.startsWith("group:") || sender === this.#state.me ? ` → ${title}` : "";
    const time = new Date(sentAtMs).toTimeString().slice(0, 5);
    const who = this.#screen.paint("cyan", printable(`${sender}${where}`));
    this.#screen.print(`${this.#screen.paint("gray", time)} ${who}: ${printable(text)}`);
  }

  #printStatus(status: ClientStatus): void {
    if (status.state === "online") this.#print("green", `  online as ${status.session.account}`);
    if (status.state === "offline") {
      const seconds = Math.ceil(status.retryInMs / 1_000);
      this.#print("yellow", `  offline, next attempt in ${seconds} s: ${status.reason.message}`);
    }
    if (status.state === "closed" && status.reason) this.#print("red", `  closed: ${status.reason.message}`);
  }

  #print(style: "red" | "green" | "yellow" | "gray", text: string): void {
    this.#screen.print(this.#screen.paint(style, printable(text)));
  }
}
