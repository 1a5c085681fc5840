// What a test of the client uses in the page.

import { type ClientStatus, createImClient, type ImClient } from "@im/client";
import { type WsDialerOptions, wsDialer } from "@im/transport-ws";
import { commandMap } from "@im/wire/messages";

// Node's types, which tests are checked with, know neither of these.
const page = globalThis as unknown as EventTarget & { readonly document: EventTarget & { readonly hidden: boolean } };

const statuses: ClientStatus[] = [];
let client: ImClient<typeof commandMap>;

/** What the tests call, by `page.evaluate`. */
const program = {
  statuses,
  pushes: [] as string[],
  async connect(addresses: string, options: object = {}, dialerOptions: WsDialerOptions = {}) {
    const dialer = wsDialer(dialerOptions);
    client = createImClient({ dialer, addresses, token: "alice", commands: commandMap, ...options });
    client.onStatus((status) => statuses.push(status));
    client.on("chat.user.talk", async ({ body }) => {
      // A handler may ask; the response does not queue behind it.
      const answer = await client.request("chat.user.talk", { type: 1, body: body.body }, { dest: "echo" });
      program.pushes.push(`${body.body} ${answer.body.messageId}`);
    });
    return (await client.connect()).account;
  },
  /** How many of so many requests came back with their own answer. */
  async ask(count: number, window: number) {
    let right = 0;
    const numbers = Array.from({ length: count }, (_, number) => number);
    const worker = async () => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        const { body } = await client.request("chat.user.talk", { type: 1, body: String(number) }, { dest: "echo" });
        if (body.sendTime === BigInt(number)) right++;
      }
    };
    await Promise.all(Array.from({ length: window }, worker));
    return right;
  },
  /** Asks so often with so much text, all at once. @returns the codes of what failed, each once */
  async flood(count: number, characters: number) {
    const codes = await Promise.all(Array.from({ length: count }, () => askWith(characters)));
    return [...new Set(codes.filter((code) => code !== undefined))];
  },
  /** Asks so often with so much text, one after the other. @returns the same */
  async askInTurn(count: number, characters: number) {
    const codes = new Set<string>();
    for (let time = 0; time < count; time++) {
      const code = await askWith(characters);
      if (code !== undefined) codes.add(code);
    }
    return [...codes];
  },
  /** Asks so often, with little text, whatever becomes of it. */
  chatter(everyMs: number) {
    const body = { type: 1, body: "still there?" };
    setInterval(() => void client.request("chat.user.talk", body, { dest: "echo" }).catch(() => {}), everyMs);
  },
  state: () => client.status.state,
  async reached(state: ClientStatus["state"]) {
    for await (const status of client.statuses()) if (status.state === state) return true;
    return client.status.state === state;
  },
  reason: () => (client.status.state === "closed" ? codeOf(client.status.reason) : undefined),
  /** Why it was offline at first, and how long it was to wait. */
  firstOffline() {
    const offline = statuses.find((status) => status.state === "offline");
    return { code: codeOf(offline?.reason), cause: codeOf(offline?.reason.cause), retryInMs: offline?.retryInMs };
  },
  /** As if page, network and machine had come back. */
  wakeUp() {
    for (const type of ["online", "pageshow"]) page.dispatchEvent(new Event(type));
    page.document.dispatchEvent(new Event("visibilitychange"));
  },
  isHidden: () => page.document.hidden,
  standStill(ms: number) {
    const endMs = performance.now() + ms;
    while (performance.now() < endMs);
  },
  close: () => client.close(),
};

/** @returns the code of what it failed with */
function askWith(characters: number): Promise<string | undefined> {
  const body = { type: 1, body: "x".repeat(characters) };
  return client.request("chat.user.talk", body, { dest: "echo" }).then(() => undefined, codeOf);
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}

export type Program = typeof program;
Object.assign(globalThis, { program, isReady: true });
