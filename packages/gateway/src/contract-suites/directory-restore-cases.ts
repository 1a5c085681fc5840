import type { EnteredSession, EnterOptions, SessionDirectory, SessionRecord } from "../ports/session-directory.js";
import { byChannel, type DirectoryCase, LEASE_MS, record } from "./directory-fixture.js";
import { expectSame } from "./expectations.js";
import { strangeTexts } from "./strange-texts.js";

const KEPT = { outcome: "kept", displaced: [] };
const DISPLACED = { outcome: "displaced", displaced: [] };
const restored = (...displaced: readonly SessionRecord[]) => ({ outcome: "restored", displaced });

/** So much later that a clock in microseconds has moved, whatever happened before. */
const A_MOMENT_MS = 20;

/** Enters a session. @returns what puts it back */
async function entered(directory: SessionDirectory, session: SessionRecord, options?: EnterOptions) {
  const { epoch } = await directory.enter(session, options);
  return { session, epoch };
}

async function renewAll(directory: SessionDirectory): Promise<void> {
  for (const gatewayId of ["gateway-1", "gateway-2"]) await directory.renew(gatewayId, 20 * LEASE_MS);
}

/** Two sessions of one place, the older first, of which the directory has lost both. */
async function lostPair(
  ...[directory, elapse, fixture]: Parameters<DirectoryCase>
): Promise<readonly [EnteredSession, EnteredSession]> {
  await renewAll(directory);
  const older = await entered(directory, record("alice", "phone", "c1"));
  const newer = await entered(directory, record("alice", "phone", "c2", "gateway-2"));
  await elapse(A_MOMENT_MS);
  await fixture.empty();
  await renewAll(directory);
  return [older, newer];
}

/** The rules of epochs, and of sessions that are put back. */
export const restoreCases: Readonly<Record<string, DirectoryCase>> = {
  "gives each entry of an account a larger epoch than those before it, also when it is empty": async (
    directory,
    elapse,
    fixture,
  ) => {
    await renewAll(directory);
    const epochs: number[] = [];
    const enter = async (device: string) => {
      const { epoch } = await directory.enter(record("alice", device, `c${epochs.length}`));
      epochs.push(epoch);
    };
    for (const device of ["phone", "phone", "laptop"]) await enter(device);
    for (const { device, channelId } of await directory.find(["alice"])) {
      await directory.leave(record("alice", device, channelId));
    }
    await enter("phone");
    await elapse(A_MOMENT_MS);
    await fixture.empty();
    await renewAll(directory);
    await enter("phone");
    expectSame(epochs.filter(Number.isSafeInteger).length, 5, "how many epochs are whole numbers");
    expectSame(
      epochs,
      [...new Set(epochs)].sort((a, b) => a - b),
      "the epochs",
    );
  },

  "gives a new entry a larger epoch than one that was put back": async (directory) => {
    await renewAll(directory);
    const before = await entered(directory, record("alice", "phone", "c1"));
    await directory.leave(before.session);
    const epoch = before.epoch + 3_600_000_000;
    await directory.restore([{ ...before, epoch }]);
    const after = await directory.enter(record("alice", "laptop", "c2"));
    expectSame(after.epoch > epoch, true, "whether the later entry has the larger epoch");
  },

  "puts sessions back that it has lost, of many accounts in one call": async (directory, elapse, fixture) => {
    await renewAll(directory);
    const all: EnteredSession[] = [];
    for (let index = 0; index < 300; index++) {
      all.push(await entered(directory, record(`user-${index % 200}`, `device-${index}`, `c${1000 + index}`)));
    }
    await elapse(A_MOMENT_MS);
    await fixture.empty();
    await renewAll(directory);
    const results = await directory.restore(all);
    expectSame(results, Array(300).fill(restored()), "the results");
    const found = await directory.find(Array.from({ length: 200 }, (_, index) => `user-${index}`));
    expectSame(
      byChannel(found),
      all.map(({ session }) => session),
      "all of them, unchanged",
    );
  },

  "keeps a session that is in its place": async (directory) => {
    await renewAll(directory);
    const phone = await entered(directory, record("alice", "phone", "c1"));
    const laptop = await entered(directory, record("alice", "laptop", "c2"));
    expectSame(await directory.restore([laptop, phone]), [KEPT, KEPT], "the results");
    expectSame(byChannel(await directory.find(["alice"])), [phone.session, laptop.session], "both sessions");
    const { displaced } = await directory.enter(record("alice", "tablet", "c3"), { maxDevices: 2 });
    expectSame(displaced, [phone.session], "the oldest");
  },

  "compares epochs before it puts a session back: a newer session keeps the place": async (directory) => {
    await renewAll(directory);
    const older = await entered(directory, record("alice", "phone", "c1"));
    const newer = await entered(directory, record("alice", "phone", "c2", "gateway-2"));
    expectSame(await directory.restore([older, newer]), [DISPLACED, KEPT], "the results");
    expectSame(await directory.find(["alice"]), [newer.session], "the one session");
  },

  "leaves a place to the newer session, whichever of two is put back first": async (directory, elapse, fixture) => {
    const [older, newer] = await lostPair(directory, elapse, fixture);
    expectSame(await directory.restore([older]), [restored()], "the older, in an empty place");
    expectSame(await directory.restore([newer]), [restored(older.session)], "the newer");
    expectSame(await directory.restore([older]), [DISPLACED], "the older, again");
    expectSame(await directory.find(["alice"]), [newer.session], "the one session");
  },

  "takes a sign-in to an emptied directory for newer than all that are put back": async (
    directory,
    elapse,
    fixture,
  ) => {
    const [, newer] = await lostPair(directory, elapse, fixture);
    const latest = await entered(directory, record("alice", "phone", "c3"));
    expectSame(await directory.restore([newer]), [DISPLACED], "the session from before");
    expectSame(await directory.find(["alice"]), [latest.session], "the one session");
  },

  "puts nothing over sign-ins that came while the lease of a gateway was lost": async (directory, elapse) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", 20 * LEASE_MS);
    const phone = await entered(directory, record("alice", "phone", "c1"));
    const bob = await entered(directory, record("bob", "phone", "c2"));
    await elapse(LEASE_MS + 200);
    const newer = await entered(directory, record("alice", "phone", "c3", "gateway-2"));
    expectSame(await directory.renew("gateway-1", LEASE_MS), false, "the lease was lost");
    const [first] = await directory.restore([phone, bob]);
    expectSame(first, DISPLACED, "the session whose place a newer one has");
    expectSame(byChannel(await directory.find(["alice", "bob"])), [bob.session, newer.session], "both sessions");
  },

  "displaces the oldest beyond maxDevices when it puts a session back, by epochs": async (
    directory,
    elapse,
    fixture,
  ) => {
    await renewAll(directory);
    const [phone, laptop, tablet] = [
      await entered(directory, record("alice", "phone", "c1")),
      await entered(directory, record("alice", "laptop", "c2")),
      await entered(directory, record("alice", "tablet", "c3")),
    ];
    await elapse(A_MOMENT_MS);
    await fixture.empty();
    await renewAll(directory);
    const maxDevices = 2;
    expectSame(await directory.restore([tablet, phone], { maxDevices }), [restored(), restored()], "two of three");
    expectSame(await directory.restore([laptop], { maxDevices }), [restored(phone.session)], "the second oldest");
    expectSame(await directory.restore([phone], { maxDevices }), [DISPLACED], "the oldest");
    const { displaced } = await directory.enter(record("alice", "fridge", "c4"), { maxDevices });
    expectSame(displaced, [laptop.session], "the oldest by epoch, which was put back last");
    expectSame(byChannel(await directory.find(["alice"])).length, maxDevices, "how many stay");
  },

  "counts a device that came while the lease of a gateway was lost": async (directory, elapse) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", 20 * LEASE_MS);
    const phone = await entered(directory, record("alice", "phone", "c1"));
    await elapse(LEASE_MS + 200);
    const laptop = await entered(directory, record("alice", "laptop", "c2", "gateway-2"), { maxDevices: 1 });
    await directory.renew("gateway-1", LEASE_MS);
    expectSame(await directory.restore([phone], { maxDevices: 1 }), [DISPLACED], "the older device");
    expectSame(await directory.find(["alice"]), [laptop.session], "the one session");
  },

  "is atomic for sessions that are put back: of many at once each is displaced once": async (
    directory,
    elapse,
    fixture,
  ) => {
    await renewAll(directory);
    const lost: EnteredSession[] = [];
    for (let index = 0; index < 50; index++)
      lost.push(await entered(directory, record("alice", "phone", `old${index}`)));
    await elapse(A_MOMENT_MS);
    await fixture.empty();
    await renewAll(directory);
    const coming = Array.from({ length: 20 }, (_, index) => record("alice", "phone", `new${index}`));
    const [results, entries] = await Promise.all([
      Promise.all(lost.map((one) => directory.restore([one]))),
      Promise.all(coming.map((one) => directory.enter(one))),
    ]);
    const refused = lost.filter((_, index) => results[index]?.[0]?.outcome === "displaced");
    const gone = [
      ...refused.map(({ session }) => session),
      ...[...results.flat(), ...entries].flatMap(({ displaced }) => displaced),
      ...(await directory.find(["alice"])),
    ];
    expectSame(
      gone.map(({ channelId }) => channelId).sort(),
      [...lost.map(({ session }) => session), ...coming].map(({ channelId }) => channelId).sort(),
      "every session, once",
    );
    const [staying] = await directory.find(["alice"]);
    expectSame(staying?.channelId.startsWith("new"), true, "whether a new sign-in stays");
  },

  "puts back any text for account and device": async (directory, elapse, fixture) => {
    await renewAll(directory);
    const all: EnteredSession[] = [];
    for (const [index, text] of strangeTexts.entries()) {
      all.push(await entered(directory, record(text, text, `c${100 + index}`)));
    }
    await elapse(A_MOMENT_MS);
    await fixture.empty();
    await renewAll(directory);
    expectSame(await directory.restore(all), Array(all.length).fill(restored()), "the results");
    expectSame(await directory.restore(all), Array(all.length).fill(KEPT), "the results, again");
    expectSame(
      byChannel(await directory.find(strangeTexts)),
      all.map(({ session }) => session),
      "all of them",
    );
  },

  "finds nothing that is put back by a gateway without a lease, and forgets what leaves": async (directory) => {
    const lost = { session: record("alice", "phone", "c1"), epoch: 1 };
    await directory.restore([lost]);
    expectSame(await directory.find(["alice"]), [], "no session");
    await directory.renew("gateway-1", LEASE_MS);
    await directory.restore([lost]);
    expectSame(await directory.leave(lost.session), { removed: true, isLast: true }, "it leaves");
    expectSame(await directory.find(["alice"]), [], "no session is left");
  },
};
