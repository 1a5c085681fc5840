import { randomOf, someTurns } from "../../../gateway/test/support/shuffled-directory.js";
import { idsOf, wholeIndex } from "../../src/contract-suites/store-case.js";
import type { AddedMessage, ChatStore, Conversation, GroupRefusal, NewMessage } from "../../src/index.js";

type Random = (below: number) => number;

/** The processes in which a store lives, one after the other. */
export interface StoreHost {
  start(): Promise<ChatStore>;
  /** The process ends at once; nothing of it is answered any more. A host without it has a store that does not survive. */
  crash?(): void;
  /** No write fails any more. */
  heal?(): void;
}

const ACCOUNTS = ["alice", "bob", "carol"] as const;
const WRITERS = 4;
const TALKS = 8;
const MAX_CRASHES = 3;

interface Life {
  readonly store: ChatStore;
  readonly died: Promise<never>;
  die(): void;
}

/** A device that reads its index page by page, and acknowledges now and then. */
interface Device {
  readonly account: string;
  readonly name: string;
  cursor: bigint;
  acknowledged: bigint;
  readonly seen: bigint[];
}

/**
 * Writers, devices that read, members that come and go, and crashes, all at once; the seed decides what they do.
 *
 * @returns the rules that the store broke
 */
export async function brokenRulesOfWorld(seed: number, makeHost: (random: Random) => StoreHost): Promise<Set<string>> {
  const random = randomOf(seed);
  const world = new StoreWorld(random, makeHost(random));
  await world.run();
  return world.broken;
}

class StoreWorld {
  readonly broken = new Set<string>();
  readonly #random: Random;
  readonly #host: StoreHost;
  #life: Promise<Life>;
  #group = "";
  #isOver = false;
  /** What add has answered, by text; each text is of one message. */
  readonly #answered = new Map<string, { readonly id: bigint; readonly message: NewMessage }>();
  readonly #keyed: { readonly message: NewMessage; readonly key: string }[] = [];
  readonly #ids = new Set<bigint>();
  #newestId = 0n;
  readonly #devices: readonly Device[] = ["alice phone", "alice laptop", "bob phone", "carol phone"].map((device) => {
    const [account = "", name = ""] = device.split(" ");
    return { account, name, cursor: 0n, acknowledged: 0n, seen: [] };
  });

  constructor(random: Random, host: StoreHost) {
    this.#random = random;
    this.#host = host;
    this.#life = this.#begin();
  }

  async run(): Promise<void> {
    const info = { name: "all", avatar: "", introduction: "", owner: "alice" };
    await this.#until(async (store) => {
      this.#group = await store.createGroup(info, ["bob"]);
    });
    const crashing = this.#crashNowAndThen();
    const reading = this.#devices.map((device) => this.#read(device));
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.#write(writer)));
    this.#isOver = true;
    await Promise.all([crashing, ...reading]);
    this.#host.heal?.();
    await this.#crash();
    await this.#until((store) => this.#check(store));
  }

  async #begin(): Promise<Life> {
    const store = await this.#host.start();
    let die = () => {};
    const died = new Promise<never>((_, reject) => {
      die = () => reject(new Error("the process has ended"));
    });
    died.catch(() => {});
    return { store, died, die };
  }

  async #crash(): Promise<void> {
    if (!this.#host.crash) return;
    const { die } = await this.#life;
    this.#host.crash();
    this.#life = this.#begin();
    die();
    await this.#life;
  }

  async #crashNowAndThen(): Promise<void> {
    for (let crashes = this.#random(MAX_CRASHES + 1); crashes > 0 && !this.#isOver; crashes--) {
      for (let turns = this.#random(20); turns > 0; turns--) await someTurns(this.#random);
      await this.#crash();
    }
  }

  /** Calls the store of the process that runs. Rejects when that ends. */
  async #call<T>(act: (store: ChatStore) => T | Promise<T>): Promise<T> {
    const { store, died } = await this.#life;
    return Promise.race([(async () => act(store))(), died]);
  }

  /** Calls until it succeeds. */
  async #until<T>(act: (store: ChatStore) => T | Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#call(act);
      } catch {
        await someTurns(this.#random);
      }
    }
  }

  async #write(writer: number): Promise<void> {
    for (let talk = 0; talk < TALKS; talk++) {
      await someTurns(this.#random);
      const what = this.#random(10);
      if (what === 0) await this.#until((store) => store.join(this.#group, "carol", 9));
      else if (what === 1) await this.#until((store) => store.quit(this.#group, "carol"));
      else if (what === 2 && this.#keyed.length > 0) await this.#repeat(this.#keyed[this.#random(this.#keyed.length)]!);
      else await this.#talk(`${writer} ${talk}`);
    }
  }

  async #talk(text: string): Promise<void> {
    const sender = ACCOUNTS[this.#random(2)]!;
    const to: Conversation = this.#random(2) === 0 ? { group: this.#group } : { account: ACCOUNTS[this.#random(3)]! };
    const message = { sender, to, type: 1, body: text, extra: "" };
    if (this.#random(3) > 0) {
      const keyed = { message, key: text };
      await this.#repeat(keyed);
      this.#keyed.push(keyed);
      return;
    }
    const before = this.#newestId;
    // Without a key it is not sent again: nobody knows whether it is stored.
    const added = await this.#call((store) => store.add(message)).catch(() => undefined);
    if (added !== undefined) this.#answer(message, added, before);
  }

  async #repeat({ message, key }: { readonly message: NewMessage; readonly key: string }): Promise<void> {
    const before = this.#newestId;
    this.#answer(message, await this.#until((store) => store.add(message, key)), before);
  }

  #answer(message: NewMessage, added: AddedMessage | GroupRefusal, newestBefore: bigint): void {
    if (typeof added === "string") return void this.broken.add("a member may talk");
    const { messageId: id, isRepetition } = added;
    const first = this.#answered.get(message.body);
    if (first && first.id !== id) this.broken.add("a key stores one message");
    if (!isRepetition && (this.#ids.has(id) || id <= newestBefore)) this.broken.add("ids grow and never repeat");
    this.#ids.add(id);
    if (id > this.#newestId) this.#newestId = id;
    this.#answered.set(message.body, { id, message });
  }

  async #read(device: Device): Promise<void> {
    const { account, name } = device;
    while (!this.#isOver) {
      await someTurns(this.#random);
      const page = { afterId: device.cursor, limit: 1 + this.#random(4) };
      for (const { messageId } of await this.#until((store) => store.index(account, page))) {
        if (messageId <= device.cursor) this.broken.add("an index goes forward");
        device.cursor = messageId;
        device.seen.push(messageId);
      }
      if (this.#random(3) > 0 || device.cursor === 0n) continue;
      const { cursor } = device;
      await this.#until((store) => store.acknowledge(account, name, cursor));
      device.acknowledged = cursor;
    }
  }

  async #check(store: ChatStore): Promise<void> {
    for (const { id, message } of this.#answered.values()) {
      const { sender, to, body } = message;
      const [found] = await store.contents(sender, [id]);
      if (found?.body !== body) this.broken.add("an acknowledged message is never lost");
      const receiver = "account" in to ? to.account : "bob";
      const [entry] = await store.index(receiver, { afterId: id - 1n, limit: 1 });
      if (entry?.messageId !== id) this.broken.add("an acknowledged message is never lost");
    }
    for (const { account, name, cursor, acknowledged, seen } of this.#devices) {
      const ids = idsOf(await wholeIndex(store, account));
      const seenIds = new Set(seen);
      const behind = ids.filter((id) => id <= cursor);
      if (behind.some((id) => !seenIds.has(id))) this.broken.add("no gap is behind a cursor");
      if (behind.length < seenIds.size) this.broken.add("what a reader has seen is never lost");
      const position = (await store.position(account, name))?.messageId ?? 0n;
      if (position !== acknowledged) this.broken.add("an acknowledgement moves its own device");
      const texts = (await store.contents(account, ids)).map(({ body }) => body);
      const twice = texts.filter((text, at) => texts.indexOf(text) < at);
      if (twice.length > 0) this.broken.add("a key stores one message");
    }
  }
}
