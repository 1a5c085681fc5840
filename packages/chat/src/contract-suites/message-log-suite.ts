import { expectSame, strangeTexts } from "@im/gateway/contract-suites";
import {
  idsOf,
  indexOf,
  info,
  inGroup,
  MAX_ID,
  message,
  newestIdOf,
  type StoreCase,
  said,
  to,
  wholeIndex,
} from "./store-case.js";

const HOUR_MS = 3_600_000;

/** Bodies that have broken systems before. */
const strangeBodies = [
  "<script>alert(1)</script>",
  "a\0b",
  "\u202Eright to left",
  '{"a":1}',
  "👩‍👩‍👧",
  "\n",
  "x".repeat(1_000_000),
];

export const messageLogCases: Readonly<Record<string, StoreCase>> = {
  "gives ids that grow, whoever writes and wherever": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    const ids: bigint[] = [0n];
    for (let round = 0; round < 50; round++) {
      const added = await Promise.all([
        said(store, "alice", to("bob")),
        said(store, "bob", inGroup(group)),
        said(store, "carol", to("dave")),
      ]);
      const sorted = idsOf(added).sort((a, b) => (a < b ? -1 : 1));
      for (const id of sorted) {
        if (id <= ids.at(-1)! || id >= 1n << 63n) throw new Error(`${id} came after ${ids.at(-1)}`);
        ids.push(id);
      }
      if ((await newestIdOf(store)) < ids.at(-1)!) throw new Error("the newest id is behind a message that is stored");
    }
  },

  "gives no id twice when its clock is set back": async (store, elapse) => {
    const before = (await said(store, "alice", to("bob"))).messageId;
    await elapse(-HOUR_MS);
    const after = (await said(store, "alice", to("bob"))).messageId;
    if (after <= before) throw new Error(`${after} came after ${before}`);
  },

  "gives no id twice when all messages are deleted": async (store) => {
    const before = (await said(store, "alice", to("bob"))).messageId;
    expectSame(await store.deleteBefore(before + 1n), 1, "the messages that were deleted");
    const after = (await said(store, "alice", to("bob"))).messageId;
    if (after <= before) throw new Error(`${after} came after ${before}`);
  },

  "shows a message to both sides once it is stored, with its direction": async (store) => {
    const { messageId, sendTime, readers } = await said(store, "alice", to("bob"), "hello");
    expectSame([...readers].sort(), ["alice", "bob"], "who may see it");
    const entry = { messageId, sendTime, group: "" };
    expectSame(await wholeIndex(store, "alice"), [{ ...entry, isSent: true, peer: "bob" }], "the sender's index");
    expectSame(await wholeIndex(store, "bob"), [{ ...entry, isSent: false, peer: "alice" }], "the receiver's index");
    const stored = { ...message("alice", to("bob"), "hello"), messageId, sendTime };
    expectSame(await store.contents("bob", [messageId]), [stored], "the content");
  },

  "has what an account says to itself once": async (store) => {
    const { messageId, readers } = await said(store, "alice", to("alice"));
    expectSame(readers, ["alice"], "who may see it");
    expectSame(await indexOf(store, "alice"), [messageId], "the index");
  },

  "a cursor skips nothing while others write": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob", "carol"]);
    const rounds = 60;
    let isOver = false;
    const write = async (sender: string, conversation: ReturnType<typeof to>) => {
      for (let round = 0; round < rounds; round++) await said(store, sender, conversation);
    };
    const read = async (): Promise<bigint[]> => {
      const seen: bigint[] = [];
      for (;;) {
        const isLast = isOver;
        const page = await store.index("bob", { afterId: seen.at(-1) ?? 0n, limit: 5 });
        seen.push(...idsOf(page));
        if (isLast && page.length < 5) return seen;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const reading = read();
    await Promise.all([
      write("alice", to("bob")),
      write("carol", to("bob")),
      write("alice", inGroup(group)),
      write("carol", inGroup(group)),
      write("dave", to("bob")),
    ]);
    isOver = true;
    expectSame(await reading, await indexOf(store, "bob"), "what the cursor saw");
    expectSame((await indexOf(store, "bob")).length, 5 * rounds, "the messages");
  },

  "what is visible is never behind the newest id that was visible before": async (store) => {
    const late: string[] = [];
    const adding = Array.from({ length: 40 }, async (_, n) => {
      const before = await newestIdOf(store);
      const { messageId } = await said(store, `sender ${n}`, to("bob"));
      if (messageId <= before) late.push(`${messageId} was stored when ${before} was visible`);
      const seen = await store.index("bob", { afterId: messageId - 1n, limit: 1 });
      if (seen[0]?.messageId !== messageId) late.push(`${messageId} is not visible`);
    });
    await Promise.all(adding);
    expectSame(late, [], "the order");
  },

  "stores a repetition once, and answers it with the first id and time": async (store, elapse) => {
    const first = await said(store, "alice", to("bob"), "hello", "k");
    await elapse(5);
    const again = await said(store, "alice", to("bob"), "hello", "k");
    expectSame(again, { ...first, isRepetition: true }, "the repetition");
    expectSame(await indexOf(store, "bob"), [first.messageId], "the index");
  },

  "gives a message as it was added, without its key": async (store) => {
    const { messageId, sendTime } = await said(store, "alice", to("bob"), "hello", "k");
    const stored = { ...message("alice", to("bob")), messageId, sendTime };
    const found = [
      await store.contents("bob", [messageId]),
      await store.history("bob", to("alice"), { beforeId: messageId + 1n, limit: 1 }),
    ];
    for (const [one] of found) expectSame(Object.keys(one ?? {}).sort(), Object.keys(stored).sort(), "its members");
    expectSame(found, [[stored], [stored]], "the message");
  },

  "stores repetitions that come together once": async (store) => {
    const added = await Promise.all(Array.from({ length: 5 }, () => said(store, "alice", to("bob"), "hello", "k")));
    expectSame(new Set(idsOf(added)).size, 1, "the ids");
    expectSame(added.filter(({ isRepetition }) => !isRepetition).length, 1, "the first");
    expectSame((await indexOf(store, "bob")).length, 1, "the messages");
  },

  "keeps the keys of senders apart, whatever text they are": async (store) => {
    const pairs = [
      ...strangeTexts.flatMap((text) => [
        ["alice", text],
        [text, "k"],
      ]),
      ["a", "bc"],
      ["ab", "c"],
    ] as const;
    for (const [sender, key] of pairs) {
      const { isRepetition } = await said(store, sender!, to("bob"), "hello", key);
      expectSame(isRepetition, false, JSON.stringify([sender, key]));
    }
  },

  "keeps accounts apart, whatever text they are": async (store) => {
    const ids = new Map<string, bigint>();
    for (const text of strangeTexts) ids.set(text, (await said(store, "somebody", to(text))).messageId);
    for (const [text, id] of ids) expectSame(await indexOf(store, text), [id], JSON.stringify(text));
  },

  "keeps bodies as they are": async (store) => {
    const ids: bigint[] = [];
    for (const body of [...strangeBodies, ""]) {
      const added = await store.add({ sender: "alice", to: to("bob"), type: -7, body, extra: body });
      ids.push((added as { messageId: bigint }).messageId);
    }
    const contents = await store.contents("bob", ids);
    expectSame(
      contents.map(({ body }) => body),
      [...strangeBodies, ""],
      "the bodies",
    );
    expectSame(
      contents.map(({ type, extra }) => [type, extra.length]),
      contents.map(({ body }) => [-7, body.length]),
      "the rest",
    );
  },

  "gives contents in the order asked, of what the account may see": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    const own = (await said(store, "alice", to("bob"))).messageId;
    const said2 = (await said(store, "alice", inGroup(group))).messageId;
    const foreign = (await said(store, "carol", to("dave"))).messageId;
    const asked = [said2, foreign, own, 1n, own];
    expectSame(idsOf(await store.contents("bob", asked)), [said2, own, own], "what bob gets");
    expectSame(await store.contents("eve", asked), [], "what eve gets");
    expectSame(await store.contents("bob", []), [], "nothing");
  },

  "gives the history of a talk backwards, in pages": async (store) => {
    const ids: bigint[] = [];
    for (let n = 0; n < 5; n++) {
      ids.push((await said(store, n % 2 ? "alice" : "bob", to(n % 2 ? "bob" : "alice"), String(n))).messageId);
      await said(store, "carol", to("bob"));
    }
    const first = await store.history("bob", to("alice"), { beforeId: MAX_ID, limit: 3 });
    expectSame(idsOf(first), ids.slice(2).reverse(), "the first page");
    expectSame(
      first.map(({ body }) => body),
      ["4", "3", "2"],
      "its bodies",
    );
    const next = await store.history("alice", to("bob"), { beforeId: first.at(-1)!.messageId, limit: 3 });
    expectSame(idsOf(next), ids.slice(0, 2).reverse(), "the next page, for the other side");
    expectSame(await store.history("eve", to("alice"), { beforeId: MAX_ID, limit: 3 }), [], "what a stranger gets");
  },

  "deletes what is older than an id, everywhere": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    const old = [
      (await said(store, "alice", to("bob"))).messageId,
      (await said(store, "bob", inGroup(group))).messageId,
    ];
    const kept = [
      (await said(store, "bob", to("alice"))).messageId,
      (await said(store, "alice", inGroup(group))).messageId,
    ];
    expectSame(await store.deleteBefore(kept[0]!), 2, "the messages that were deleted");
    for (const account of ["alice", "bob"]) expectSame(await indexOf(store, account), kept, `the index of ${account}`);
    expectSame(idsOf(await store.contents("alice", [...old, ...kept])), kept, "the contents");
    const page = { beforeId: MAX_ID, limit: 9 };
    expectSame(idsOf(await store.history("alice", to("bob"), page)), [kept[0]], "the history");
    expectSame(idsOf(await store.history("alice", inGroup(group), page)), [kept[1]], "the history of the group");
  },

  "deletes what an account has written, and its place in groups": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    await said(store, "alice", to("bob"));
    await said(store, "alice", inGroup(group));
    const stays = [
      (await said(store, "bob", to("alice"))).messageId,
      (await said(store, "bob", inGroup(group))).messageId,
    ];
    await store.acknowledge("alice", "phone", stays[0]!);
    expectSame(await store.deleteAccount("alice"), 2, "the messages that were deleted");
    expectSame(await indexOf(store, "alice"), [], "its index");
    expectSame(await indexOf(store, "bob"), stays, "the index of the other");
    expectSame(await store.position("alice", "phone"), undefined, "its position");
    expectSame(await store.isMember(group, "alice"), false, "whether it is a member");
  },
};
