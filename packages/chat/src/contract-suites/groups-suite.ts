import { expectSame, strangeTexts } from "@im/gateway/contract-suites";
import { idsOf, indexOf, info, inGroup, MAX_ID, message, type StoreCase, said, to, wholeIndex } from "./store-case.js";

const accountsOf = (members: readonly { readonly account: string }[]) => members.map(({ account }) => account);

export const groupCases: Readonly<Record<string, StoreCase>> = {
  "makes a group whose owner is a member": async (store) => {
    const wanted = { name: "<b>über</b>", avatar: "a.png", introduction: "everything", owner: "alice" };
    const groupId = await store.createGroup(wanted, ["bob", "bob", "alice"]);
    const group = await store.group(groupId);
    expectSame({ ...group, createdAt: 0n }, { ...wanted, groupId, memberCount: 2, createdAt: 0n }, "the group");
    if (!group || group.createdAt <= 0n) throw new Error("it has no time");
    expectSame(
      accountsOf(await store.members(groupId, { after: "", limit: 9 })).sort(),
      ["alice", "bob"],
      "its members",
    );
    const other = await store.createGroup(wanted, []);
    if (other === groupId || other === "") throw new Error("two groups have one id");
  },

  "knows no group that was not made": async (store) => {
    for (const id of ["none", "", "__proto__", ...strangeTexts.slice(0, 6)]) {
      expectSame(await store.group(id), undefined, "the group");
      expectSame(await store.add(message("alice", inGroup(id))), "no such group", "a message");
      expectSame(await store.join(id, "alice", 9), "no such group", "a join");
      expectSame(await store.quit(id, "alice"), "no such group", "a quit");
      expectSame(await store.isMember(id, "alice"), false, "a member");
      expectSame(await store.members(id, { after: "", limit: 9 }), [], "the members");
      expectSame(await store.history("alice", inGroup(id), { beforeId: 1n << 62n, limit: 9 }), [], "the history");
    }
    expectSame(await indexOf(store, "alice"), [], "the index");
  },

  "takes no message of who is no member": async (store) => {
    const group = await store.createGroup(info("alice"), []);
    expectSame(await store.add(message("eve", inGroup(group))), "not a member", "what a stranger gets");
    await store.join(group, "eve", 9);
    await store.quit(group, "eve");
    expectSame(await store.add(message("eve", inGroup(group))), "not a member", "what a former member gets");
    expectSame(await indexOf(store, "alice"), [], "the index of the owner");
  },

  "a message has the members of the step that stored it": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    const readers = async () => [...(await said(store, "alice", inGroup(group))).readers].sort();
    expectSame(await readers(), ["alice", "bob"], "the first");
    await store.join(group, "carol", 9);
    expectSame(await readers(), ["alice", "bob", "carol"], "after a join");
    await store.quit(group, "bob");
    expectSame(await readers(), ["alice", "carol"], "after a quit");
  },

  "a repetition has no member who joined after the first": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob", "carol"]);
    const say = () => said(store, "alice", inGroup(group), "hello", "k");
    const { messageId } = await say();
    await store.join(group, "dave", 9);
    await store.quit(group, "bob");
    const { readers, ...again } = await say();
    expectSame([again.messageId, again.isRepetition], [messageId, true], "the repetition");
    expectSame([...readers].sort(), ["alice", "carol"], "its readers");
  },

  "a member sees what was said between join and quit, of each membership": async (store) => {
    const group = await store.createGroup(info("alice"), []);
    const say = async () => (await said(store, "alice", inGroup(group))).messageId;
    const before = await say();
    await store.join(group, "bob", 9);
    const first = [await say(), await say()];
    await store.quit(group, "bob");
    const between = await say();
    await store.join(group, "bob", 9);
    const second = await say();
    await store.quit(group, "bob");
    const after = await say();
    const all = [before, ...first, between, second, after];
    const seen = [...first, second];
    expectSame(await indexOf(store, "alice"), all, "the index of the owner");
    expectSame(await indexOf(store, "bob"), seen, "the index of the member");
    expectSame(idsOf(await store.contents("bob", all)), seen, "the contents");
    const page = { beforeId: MAX_ID, limit: 9 };
    expectSame(idsOf(await store.history("bob", inGroup(group), page)), seen.toReversed(), "the history");
    const older = await store.history("bob", inGroup(group), { beforeId: second, limit: 1 });
    expectSame(idsOf(older), [first[1]], "a page before the last membership");
  },

  "says in the index of a group who sent": async (store) => {
    const group = await store.createGroup(info("alice"), ["bob"]);
    const { messageId, sendTime } = await said(store, "alice", inGroup(group));
    const entry = { messageId, sendTime, peer: "alice", group };
    expectSame(await wholeIndex(store, "alice"), [{ ...entry, isSent: true }], "the sender's");
    expectSame(await wholeIndex(store, "bob"), [{ ...entry, isSent: false }], "the member's");
  },

  "has talks and groups in one index, in the order of their ids and in pages of any size": async (store) => {
    const groups = await Promise.all(["a", "b", "c"].map((name) => store.createGroup(info("alice", name), ["bob"])));
    const ids: bigint[] = [];
    for (let n = 0; n < 24; n++) {
      const where = n % 4 === 3 ? to("bob") : inGroup(groups[n % 4]!);
      ids.push((await said(store, "alice", where)).messageId);
    }
    for (const limit of [1, 2, 5, 24, 1_000]) {
      expectSame(idsOf(await wholeIndex(store, "bob", 0n, limit)), ids, `pages of ${limit}`);
    }
    expectSame(await indexOf(store, "bob", ids[9]), ids.slice(10), "the index after an id");
    expectSame(await indexOf(store, "bob", 1n << 62n), [], "the index after what is not there yet");
  },

  "joins and quits once": async (store) => {
    const group = await store.createGroup(info("alice"), []);
    for (let n = 0; n < 2; n++) expectSame(await store.join(group, "bob", 2), "joined", "a join");
    expectSame((await store.group(group))?.memberCount, 2, "the members");
    expectSame(await store.join(group, "carol", 2), "full", "one too many");
    for (let n = 0; n < 2; n++) expectSame(await store.quit(group, "bob"), "left", "a quit");
    expectSame(await store.join(group, "carol", 2), "joined", "one in the free place");
    expectSame((await store.group(group))?.memberCount, 2, "the members at the end");
  },

  "joins that come together do not exceed the places": async (store) => {
    const group = await store.createGroup(info("alice"), []);
    const joins = await Promise.all(Array.from({ length: 9 }, (_, n) => store.join(group, `user ${n}`, 5)));
    expectSame(joins.filter((joined) => joined === "joined").length, 4, "those who joined");
    expectSame((await store.group(group))?.memberCount, 5, "the members");
  },

  "gives members and groups in pages, whatever text they are": async (store) => {
    const group = await store.createGroup(info("alice"), strangeTexts);
    const members: string[] = [];
    for (;;) {
      const page = await store.members(group, { after: members.at(-1) ?? "", limit: 4 });
      members.push(...accountsOf(page));
      if (page.length < 4) break;
    }
    expectSame([...members].sort(), ["alice", ...strangeTexts].sort(), "the members");
    for (const account of strangeTexts) {
      const [only, ...others] = await store.groupsOf(account, { after: "", limit: 9 });
      expectSame([only?.groupId, others], [group, []], `the groups of ${JSON.stringify(account)}`);
    }
    const own = [group];
    for (let n = 0; n < 4; n++) own.push(await store.createGroup(info("alice", `group ${n}`), []));
    const first = await store.groupsOf("alice", { after: "", limit: 3 });
    const second = await store.groupsOf("alice", { after: first.at(-1)!.groupId, limit: 3 });
    expectSame([...first, ...second].map(({ groupId }) => groupId).sort(), own.sort(), "the groups");
    await store.quit(group, "alice");
    expectSame((await store.groupsOf("alice", { after: "", limit: 9 })).length, 4, "the groups after a quit");
  },
};
