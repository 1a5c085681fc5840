import type { SessionDirectory } from "../ports/session-directory.js";
import { byChannel, type DirectoryCase, type DirectoryFixture, LEASE_MS, record } from "./directory-fixture.js";
import { leaseCases } from "./directory-lease-cases.js";
import { restoreCases } from "./directory-restore-cases.js";
import { expectSame } from "./expectations.js";
import { strangeTexts } from "./strange-texts.js";
import { type CreateFixture, describeCases, type TestRunner } from "./test-runner.js";

/** What `enter` returns, without the epoch. */
async function entering(directory: SessionDirectory, ...args: Parameters<SessionDirectory["enter"]>) {
  const { epoch: _, ...entered } = await directory.enter(...args);
  return entered;
}

const enterCases: Readonly<Record<string, DirectoryCase>> = {
  "finds what has entered, unchanged": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    expectSame(await directory.find(["alice"]), [], "no session yet");
    const session = record("alice", "phone", "c1");
    expectSame(await entering(directory, session), { displaced: [], isFirst: true }, "the first entry");
    expectSame(await directory.find(["alice"]), [session], "the one session");
  },

  "returns the session that is displaced, and only the new one is found": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", LEASE_MS);
    const [older, newer] = [record("alice", "phone", "c1"), record("alice", "phone", "c2", "gateway-2")];
    await directory.enter(older);
    expectSame(await entering(directory, newer), { displaced: [older], isFirst: false }, "the second entry");
    expectSame(await directory.find(["alice"]), [newer], "the one session");
  },

  "keeps the devices of an account apart": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const [phone, laptop] = [record("alice", "phone", "c1"), record("alice", "laptop", "c2")];
    await directory.enter(phone);
    expectSame(await entering(directory, laptop), { displaced: [], isFirst: false }, "the second device");
    expectSame(byChannel(await directory.find(["alice"])), [phone, laptop], "both sessions");
    expectSame(await directory.leave(phone), { removed: true, isLast: false }, "the first leaves");
    expectSame(await directory.leave(laptop), { removed: true, isLast: true }, "the last leaves");
    expectSame(await directory.find(["alice"]), [], "no session is left");
  },

  "compares before it deletes: an older session never removes a newer one": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const [older, newer] = [record("alice", "phone", "c1"), record("alice", "phone", "c2")];
    await directory.enter(older);
    await directory.enter(newer);
    expectSame(await directory.leave(older), { removed: false, isLast: false }, "the older leaves");
    expectSame(await directory.find(["alice"]), [newer], "the newer stays");
    expectSame(await directory.leave(newer), { removed: true, isLast: true }, "the newer leaves");
    expectSame(await directory.leave(newer), { removed: false, isLast: false }, "it leaves again");
  },

  "is atomic: of many that enter at once each is displaced once, by the next": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const sessions = Array.from({ length: 50 }, (_, index) => record("alice", "phone", `c${index}`));
    const entered = await Promise.all(sessions.map((session) => directory.enter(session)));
    const displaced = entered.flatMap((one) => one.displaced.map(({ channelId }) => channelId));
    const last = (await directory.find(["alice"])).map(({ channelId }) => channelId);
    expectSame(
      [...displaced, ...last].sort(),
      sessions.map(({ channelId }) => channelId).sort(),
      "every session, once",
    );
    expectSame(entered.filter(({ isFirst }) => isFirst).length, 1, "how many were first");
  },

  "keeps the place of a session from reconnects of another connect": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", LEASE_MS);
    const [phone, laptop] = [record("alice", "phone", "c1"), record("alice", "phone", "c2", "gateway-2")];
    await directory.enter(phone);
    const refused = await entering(directory, laptop, { isReconnect: true });
    expectSame(refused, { holder: phone, displaced: [], isFirst: false }, "a reconnect");
    expectSame(await directory.find(["alice"]), [phone], "the one session");
    expectSame(await directory.leave(laptop), { removed: false, isLast: false }, "the refused session leaves");
    const asked = await entering(directory, laptop, { isReconnect: false });
    expectSame(asked, { displaced: [phone], isFirst: false }, "a connect that the user asked for");
    expectSame(await directory.leave(laptop), { removed: true, isLast: true }, "it leaves");
    const back = await entering(directory, phone, { isReconnect: true });
    expectSame(back, { displaced: [], isFirst: true }, "a reconnect to an empty place");
  },

  "lets a client reconnect to its own place": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const [before, after] = [record("alice", "phone", "c1"), { ...record("alice", "phone", "c2"), connectId: "mine" }];
    const own = { ...before, connectId: "mine" };
    await directory.enter(own);
    const back = await entering(directory, after, { isReconnect: true });
    expectSame(back, { displaced: [own], isFirst: false }, "a reconnect of the same connect");
    expectSame(await directory.find(["alice"]), [after], "the one session");
  },

  "is atomic for reconnects as well: of many at once one gets the place": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const sessions = Array.from({ length: 50 }, (_, index) => record("alice", "phone", `c${index}`));
    const entered = await Promise.all(sessions.map((session) => directory.enter(session, { isReconnect: true })));
    const [inPlace] = await directory.find(["alice"]);
    const holders = entered.flatMap(({ holder }) => holder?.channelId ?? []);
    expectSame(
      holders,
      Array.from({ length: 49 }, () => inPlace?.channelId),
      "the session that refused each of the others",
    );
  },

  "displaces the oldest sessions of an account beyond maxDevices, and of no other account": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const bob = record("bob", "phone", "c0");
    await directory.enter(bob, { maxDevices: 2 });
    const [phone, laptop, tablet] = ["phone", "laptop", "tablet"].map((device) => record("alice", device, device));
    for (const one of [phone!, laptop!]) {
      expectSame((await directory.enter(one, { maxDevices: 2 })).displaced, [], "a device among the first two");
    }
    const again = record("alice", "phone", "again");
    expectSame((await directory.enter(again, { maxDevices: 2 })).displaced, [phone], "a device that is there already");
    const entered = await entering(directory, tablet!, { maxDevices: 2 });
    expectSame(entered, { displaced: [laptop], isFirst: false }, "one device too many");
    expectSame(byChannel(await directory.find(["alice", "bob"])), [again, bob, tablet], "all sessions");
    expectSame(await directory.leave(laptop!), { removed: false, isLast: false }, "the displaced session leaves");
    const last = record("alice", "fridge", "fridge");
    expectSame((await directory.enter(last, { maxDevices: 1 })).displaced, [again, tablet], "with a lower maxDevices");
  },

  "is atomic for maxDevices as well: of many devices at once so many stay": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const sessions = Array.from({ length: 50 }, (_, index) => record("alice", `device ${index}`, `c${index}`));
    const entered = await Promise.all(sessions.map((session) => directory.enter(session, { maxDevices: 3 })));
    const displaced = entered.flatMap((one) => one.displaced.map(({ channelId }) => channelId));
    const staying = (await directory.find(["alice"])).map(({ channelId }) => channelId);
    expectSame(staying.length, 3, "how many stay");
    expectSame(
      [...displaced, ...staying].sort(),
      sessions.map(({ channelId }) => channelId).sort(),
      "every session, once",
    );
  },

  "refuses reconnects to an account that has maxDevices, except to the client's own place": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const [phone, laptop] = [record("alice", "phone", "c1"), record("alice", "laptop", "c2")];
    for (const one of [phone, laptop]) await directory.enter(one, { maxDevices: 2 });
    const returning = { isReconnect: true, maxDevices: 2 };
    const refused = await entering(directory, record("alice", "tablet", "c3"), returning);
    expectSame(refused, { holder: phone, displaced: [], isFirst: false }, "a reconnect of a new device");
    expectSame(byChannel(await directory.find(["alice"])), [phone, laptop], "both sessions");
    const back = { ...phone, channelId: "c4" };
    expectSame(
      await entering(directory, back, returning),
      { displaced: [phone], isFirst: false },
      "a client's own place",
    );
    await directory.leave(laptop);
    const free = await entering(directory, record("alice", "tablet", "c5"), returning);
    expectSame(free, { displaced: [], isFirst: false }, "a reconnect when there is room");
  },

  "finds the sessions of many accounts": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const sessions = Array.from({ length: 300 }, (_, index) => record(`user-${index}`, "phone", `c${1000 + index}`));
    for (const session of sessions) await directory.enter(session);
    const accounts = [...sessions.map(({ account }) => account), "nobody"];
    expectSame(byChannel(await directory.find(accounts)), sessions, "all of them");
  },

  "takes any text for account and device, and keeps all apart": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    const sessions = strangeTexts.flatMap((account, row) =>
      [account, "default"].map((device, column) => record(account, device, `c${row}-${column}`)),
    );
    for (const session of sessions) expectSame((await directory.enter(session)).displaced, [], session.account);
    for (const account of strangeTexts) {
      const own = sessions.filter((session) => session.account === account);
      expectSame(byChannel(await directory.find([account])), own, `the sessions of ${JSON.stringify(account)}`);
    }
  },
};

/** Defines one test for each rule of `SessionDirectory`. */
export function describeSessionDirectory(
  runner: TestRunner,
  name: string,
  create: CreateFixture<SessionDirectory, DirectoryFixture>,
): void {
  const cases = { ...enterCases, ...leaseCases, ...restoreCases };
  describeCases(runner, `SessionDirectory: ${name}`, cases, create);
}
