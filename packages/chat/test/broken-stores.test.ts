import { expect, it } from "vitest";
import { idAtMs } from "../src/authoring.js";
import { describeChatStore } from "../src/contract-suites/index.js";
import { type AddedMessage, type ChatStore, MemoryChatStore } from "../src/index.js";
import { brokenRules } from "./support/broken-rules.js";
import { commitsInAnyOrder, movesAllDevices } from "./support/broken-ways.js";
import { storeWith } from "./support/store-with.js";

/** Makes a store that is broken in one way. */
type Break = (store: MemoryChatStore, nowMs: () => number) => Partial<ChatStore>;

/** The same message has an id of the clock alone. */
const idsByTheClock: Break = (store, nowMs) => {
  const renamed = new Map<bigint, bigint>();
  return {
    add(message, key) {
      const added = store.add(message, key) as AddedMessage;
      if (typeof added === "string") return added;
      const messageId = idAtMs(nowMs()) + BigInt(renamed.size);
      renamed.set(added.messageId, messageId);
      return { ...added, messageId };
    },
  };
};

const ways: [what: string, way: Break, rule: string][] = [
  ["commits late, behind ids that are visible", commitsInAnyOrder, "a cursor skips nothing while others write"],
  ["takes its ids from the clock", idsByTheClock, "gives no id twice when its clock is set back"],
  ["moves all devices with one acknowledgement", movesAllDevices, "an acknowledgement of one device moves no other"],
  [
    "takes an acknowledgement of the future",
    (store) => {
      let reached = 0n;
      return {
        acknowledge(_account, _device, id) {
          reached = id;
          return { from: 0n, to: id };
        },
        position: () => (reached ? { messageId: reached, setAtMs: 0 } : undefined),
        index: (account, page) => store.index(account, page),
      };
    },
    "an acknowledgement of what is not there yet hides nothing that comes later",
  ],
  ["lets a position go back", (store) => goingBack(store), "a position goes forward only"],
  ["ignores keys", (store) => ({ add: (message) => store.add(message) }), "stores a repetition once"],
  [
    "does not tell the keys of senders apart",
    (store) => {
      const firsts = new Map<string, AddedMessage>();
      return {
        add(message, key = String(Math.random())) {
          const first = firsts.get(key);
          if (first) return { ...first, isRepetition: true };
          const added = store.add(message) as AddedMessage;
          firsts.set(key, added);
          return added;
        },
      };
    },
    "keeps the keys of senders apart",
  ],
  [
    "gives foreign contents",
    (store) => {
      const all = new Map<bigint, Awaited<ReturnType<ChatStore["contents"]>>[number]>();
      return {
        add(message, key) {
          const added = store.add(message, key);
          if (typeof added !== "string") all.set(added.messageId, { ...message, ...added });
          return added;
        },
        contents: (_, ids) => ids.flatMap((id) => all.get(id) ?? []),
      };
    },
    "gives contents in the order asked, of what the account may see",
  ],
  [
    "forgets that a member has quit",
    () => ({ quit: () => "left" as const }),
    "a member sees what was said between join and quit",
  ],
  [
    "has the readers of a moment ago",
    (store) => {
      let before: readonly string[] = [];
      return {
        add(message, key) {
          const added = store.add(message, key);
          if (typeof added === "string") return added;
          const readers = before;
          before = added.readers;
          return { ...added, readers };
        },
      };
    },
    "a message has the members of the step that stored it",
  ],
  [
    "gives short pages",
    (store) => ({ index: (account, page) => store.index(account, { ...page, limit: Math.min(page.limit, 3) }) }),
    "has talks and groups in one index",
  ],
];

function goingBack(store: MemoryChatStore): Partial<ChatStore> {
  const positions = new Map<string, bigint>();
  return {
    acknowledge(account, device, id) {
      const name = JSON.stringify([account, device]);
      const from = positions.get(name) ?? 0n;
      const { to } = store.acknowledge("somebody", String(id), id);
      positions.set(name, to);
      return { from, to };
    },
  };
}

it.each(ways)("a store that %s is found out", async (_, way, rule) => {
  const rules = await brokenRules((runner) =>
    describeChatStore(runner, "broken", () => {
      let nowMs = Date.now();
      const store = new MemoryChatStore({ nowMs: () => nowMs });
      const elapse = (ms: number) => {
        nowMs += ms;
      };
      return {
        port: storeWith(
          store,
          way(store, () => nowMs),
        ),
        elapse,
      };
    }),
  );
  expect(rules).toContainEqual(expect.stringContaining(rule));
});
