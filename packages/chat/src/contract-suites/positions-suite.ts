import { expectSame, strangeTexts } from "@im/gateway/contract-suites";
import { inGroup, MAX_ID, newestIdOf, type StoreCase, said, to } from "./store-case.js";

export const positionCases: Readonly<Record<string, StoreCase>> = {
  "a device without an acknowledgement has no position": async (store) => {
    expectSame(await store.position("alice", "phone"), undefined, "the position");
  },

  "a position goes forward only": async (store) => {
    const [first, second] = [await said(store, "bob", to("alice")), await said(store, "bob", to("alice"))];
    expectSame(
      await store.acknowledge("alice", "phone", second.messageId),
      { from: 0n, to: second.messageId },
      "the first",
    );
    const stays = { from: second.messageId, to: second.messageId };
    expectSame(await store.acknowledge("alice", "phone", first.messageId), stays, "an older one");
    expectSame(await store.acknowledge("alice", "phone", 0n), stays, "none");
    expectSame((await store.position("alice", "phone"))?.messageId, second.messageId, "the position");
  },

  "an acknowledgement of what is not there yet hides nothing that comes later": async (store) => {
    const { messageId } = await said(store, "bob", to("alice"));
    const { to: reached } = await store.acknowledge("alice", "phone", MAX_ID);
    if (reached < messageId) throw new Error(`it moved to ${reached} only`);
    const later = await said(store, "bob", to("alice"));
    const { messageId: position } = (await store.position("alice", "phone"))!;
    const [next] = await store.index("alice", { afterId: position, limit: 1 });
    expectSame(next?.messageId, later.messageId, "what comes after the position");
  },

  "an acknowledgement of one device moves no other": async (store) => {
    const { messageId } = await said(store, "bob", to("alice"));
    await store.acknowledge("alice", "phone", messageId);
    await store.acknowledge("bob", "laptop", messageId);
    expectSame(await store.position("alice", "laptop"), undefined, "the other device");
    expectSame(await store.position("bob", "phone"), undefined, "the other account");
  },

  "knows the furthest position of an account": async (store) => {
    const [first, second] = [await said(store, "bob", to("alice")), await said(store, "bob", to("alice"))];
    expectSame(await store.received("alice"), 0n, "at first");
    await store.acknowledge("alice", "phone", second.messageId);
    await store.acknowledge("alice", "laptop", first.messageId);
    expectSame(await store.received("alice"), second.messageId, "with two devices");
    expectSame(await store.received("bob"), 0n, "the other account");
  },

  "keeps accounts and devices apart, whatever text they are": async (store) => {
    const { messageId } = await said(store, "bob", to("alice"));
    const pairs = [
      ...strangeTexts.flatMap((text) => [
        ["alice", text],
        [text, "phone"],
      ]),
      ["a", "bc"],
      ["ab", "c"],
    ];
    for (const [account, device] of pairs as [string, string][]) {
      const what = JSON.stringify([account, device]);
      expectSame(await store.position(account, device), undefined, `${what} before`);
      await store.acknowledge(account, device, messageId);
      expectSame((await store.position(account, device))?.messageId, messageId, `${what} after`);
    }
  },

  "keeps a read mark for each conversation, which goes forward only and not beyond what is visible": async (store) => {
    const { messageId } = await said(store, "bob", to("alice"));
    expectSame(await store.readMark("alice", to("bob")), 0n, "the mark at first");
    expectSame(await store.markRead("alice", to("bob"), messageId), { from: 0n, to: messageId }, "the first");
    expectSame(await store.markRead("alice", to("bob"), 1n), { from: messageId, to: messageId }, "an older one");
    const { to: reached } = await store.markRead("alice", to("bob"), MAX_ID);
    if (reached > (await newestIdOf(store))) throw new Error(`it moved to ${reached}`);
    expectSame(await store.readMark("alice", inGroup("bob")), 0n, "a group of the same name");
    expectSame(await store.readMark("bob", to("alice")), 0n, "the other side");
    expectSame(await store.position("alice", "bob"), undefined, "a device of the same name");
  },
};
