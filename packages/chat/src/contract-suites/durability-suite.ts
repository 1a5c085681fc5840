import { expectSame } from "@im/gateway/contract-suites";
import type { ChatStore } from "../ports/chat-store.js";
import { idsOf, indexOf, info, inGroup, message, newestIdOf, said, to } from "./store-case.js";

/** A rule that needs a crash: `crash` gives a store over what was durable at that moment. */
export type CrashCase = (store: ChatStore, crash: () => Promise<ChatStore>) => Promise<void>;

export const crashCases: Readonly<Record<string, CrashCase>> = {
  "what is stored survives a crash": async (store, crash) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    const ids = idsOf([
      await said(store, "alice", to("bob"), "one"),
      await said(store, "alice", inGroup(group), "two"),
    ]);
    await store.acknowledge("bob", "phone", ids[0]!);
    await store.markRead("bob", inGroup(group), ids[1]!);
    const after = await crash();
    expectSame(await indexOf(after, "bob"), ids, "the index");
    expectSame(
      (await after.contents("bob", ids)).map(({ body }) => body),
      ["one", "two"],
      "the bodies",
    );
    expectSame((await after.position("bob", "phone"))?.messageId, ids[0], "the position");
    expectSame(await after.readMark("bob", inGroup(group)), ids[1], "the read mark");
    expectSame((await after.group(group))?.memberCount, 2, "the members");
    if ((await newestIdOf(after)) < ids[1]!) throw new Error("the newest id went back");
  },

  "what add has resolved for survives a crash, with many writers": async (store, crash) => {
    const resolved: bigint[] = [];
    const adding = Array.from({ length: 50 }, async (_, n) => {
      resolved.push((await said(store, `sender ${n}`, to("bob"))).messageId);
    });
    await Promise.race(adding);
    const known = [...resolved];
    const after = await crash();
    await Promise.all(adding);
    const found = new Set(await indexOf(after, "bob"));
    expectSame(
      known.filter((id) => !found.has(id)),
      [],
      "what was lost",
    );
  },

  "what a reader has seen survives a crash": async (store, crash) => {
    const adding = Array.from({ length: 50 }, (_, n) => store.add(message(`sender ${n}`, to("bob"))));
    let seen = await indexOf(store, "bob");
    while (seen.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      seen = await indexOf(store, "bob");
    }
    const after = await crash();
    await Promise.all(adding);
    const found = new Set(await indexOf(after, "bob"));
    expectSame(
      seen.filter((id) => !found.has(id)),
      [],
      "what was lost",
    );
  },

  "gives no id twice after a crash, not even of messages that are deleted": async (store, crash) => {
    const before = (await said(store, "alice", to("bob"))).messageId;
    await store.deleteBefore(before + 1n);
    const after = await crash();
    const { messageId } = await said(after, "alice", to("bob"));
    if (messageId <= before) throw new Error(`${messageId} came after ${before}`);
    const twice = await crash();
    const next = (await said(twice, "alice", to("bob"))).messageId;
    if (next <= before) throw new Error(`${next} came after ${before}`);
  },

  "stores a repetition once after a crash": async (store, crash) => {
    const first = await said(store, "alice", to("bob"), "hello", "k");
    const after = await crash();
    const again = await said(after, "alice", to("bob"), "hello", "k");
    expectSame([again.messageId, again.isRepetition], [first.messageId, true], "the repetition");
    expectSame(await indexOf(after, "bob"), [first.messageId], "the index");
  },
};
