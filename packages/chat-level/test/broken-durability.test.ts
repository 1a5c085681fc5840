import type { AddedMessage, ChatStore } from "@im/chat";
import { idAtMs, nextMessageId } from "@im/chat/authoring";
import { describeDurableChatStore } from "@im/chat/contract-suites";
import { ClassicLevel } from "classic-level";
import { expect, it } from "vitest";
import { brokenRules } from "../../chat/test/support/broken-rules.js";
import { storeWith } from "../../chat/test/support/store-with.js";
import type { LevelChatStore } from "../src/index.js";
import { visibleBeforeCommit } from "./support/broken-ways.js";
import { crashingFolder } from "./support/crashing-folder.js";

type Break = (store: LevelChatStore, nowMs: () => number) => Partial<ChatStore>;

/** Answers when it has begun to write. */
const acknowledgedBeforeCommit: Break = (store, nowMs) => {
  let lastId = idAtMs(nowMs()) - 1n;
  return {
    async add(message, key): Promise<AddedMessage> {
      void store.add(message, key);
      lastId = nextMessageId(lastId, nowMs());
      return { messageId: lastId, sendTime: 0n, isRepetition: false, readers: [] };
    },
  };
};

/** Does not keep the last id that it gave. */
async function forgetLastId(folder: string): Promise<void> {
  const db = new ClassicLevel(folder);
  await db.del("!state");
  await db.close();
}

const sound: Break = () => ({});

it.each([
  ["shows a message before it is committed", visibleBeforeCommit, "what a reader has seen survives a crash", undefined],
  [
    "acknowledges before it has committed",
    acknowledgedBeforeCommit,
    "what add has resolved for survives a crash",
    undefined,
  ],
  ["gives ids again after a restart", sound, "gives no id twice after a crash", forgetLastId],
] as [string, Break, string, ((folder: string) => Promise<void>) | undefined][])(
  "a store that %s is found out",
  async (_, way, rule, beforeReopening) => {
    const rules = await brokenRules((runner) =>
      describeDurableChatStore(runner, "broken", async () => {
        const fixture = await crashingFolder(beforeReopening && { beforeReopening });
        return { ...fixture, port: storeWith(fixture.port, way(fixture.port, fixture.nowMs)) };
      }),
    );
    expect(rules).toContainEqual(expect.stringContaining(rule));
  },
  60_000,
);
