import { byChannel, type DirectoryCase, LEASE_MS, record } from "./directory-fixture.js";
import { expectSame } from "./expectations.js";

/** The rules of leases. */
export const leaseCases: Readonly<Record<string, DirectoryCase>> = {
  "counts no session for maxDevices whose gateway has lost its lease": async (directory, elapse) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", 20 * LEASE_MS);
    await directory.enter(record("alice", "phone", "c1"));
    await elapse(LEASE_MS + 200);
    const [laptop, tablet] = ["laptop", "tablet"].map((device) => record("alice", device, device, "gateway-2"));
    for (const one of [laptop!, tablet!]) {
      expectSame((await directory.enter(one, { maxDevices: 2 })).displaced, [], one.device);
    }
    expectSame(byChannel(await directory.find(["alice"])), [laptop, tablet], "both sessions");
  },

  "keeps no place for a session whose gateway has lost its lease": async (directory, elapse) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", 20 * LEASE_MS);
    await directory.enter(record("alice", "phone", "c1"));
    await elapse(LEASE_MS + 200);
    const laptop = record("alice", "phone", "c2", "gateway-2");
    const { holder } = await directory.enter(laptop, { isReconnect: true });
    expectSame(holder, undefined, "the session that keeps the place");
    expectSame(await directory.find(["alice"]), [laptop], "the one session");
  },

  "does not find sessions whose gateway has lost its lease": async (directory, elapse) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", 20 * LEASE_MS);
    const [dead, alive] = [record("alice", "phone", "c1"), record("alice", "laptop", "c2", "gateway-2")];
    await directory.enter(dead);
    await directory.enter(alive);
    await elapse(LEASE_MS + 200);
    expectSame(await directory.find(["alice"]), [alive], "the living session");
    expectSame(await directory.leave(alive), { removed: true, isLast: true }, "it was the last that lives");
  },

  "keeps the sessions of a gateway that renews in time, and says so": async (directory, elapse) => {
    expectSame(await directory.renew("gateway-1", LEASE_MS), false, "a new gateway had no lease");
    const session = record("alice", "phone", "c1");
    await directory.enter(session);
    for (let round = 0; round < 4; round++) {
      await elapse(LEASE_MS / 2);
      expectSame(await directory.renew("gateway-1", LEASE_MS), true, "it had a lease");
    }
    expectSame(await directory.find(["alice"]), [session], "the session");
  },

  "says that a renewal comes too late": async (directory, elapse) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.enter(record("alice", "phone", "c1"));
    await elapse(LEASE_MS + 200);
    expectSame(await directory.renew("gateway-1", LEASE_MS), false, "the lease was lost");
    expectSame(await directory.renew("gateway-1", LEASE_MS), true, "it has a lease again");
  },

  "says that a lease went with the data of the directory": async (directory, _, fixture) => {
    await directory.renew("gateway-1", LEASE_MS);
    await fixture.empty();
    expectSame(await directory.renew("gateway-1", LEASE_MS), false, "the lease was lost");
  },

  "does not find a session that enters while its gateway has no lease, until it has one": async (directory) => {
    const session = record("alice", "phone", "c1");
    const { epoch } = await directory.enter(session);
    expectSame(await directory.find(["alice"]), [], "no session yet");
    await directory.renew("gateway-1", LEASE_MS);
    await directory.restore([{ session, epoch }]);
    expectSame(await directory.find(["alice"]), [session], "the one session");
  },

  "does not find sessions of a gateway that has retired, and finds those of others": async (directory) => {
    await directory.renew("gateway-1", LEASE_MS);
    await directory.renew("gateway-2", LEASE_MS);
    const [going, staying] = [record("alice", "phone", "c1"), record("alice", "laptop", "c2", "gateway-2")];
    await directory.enter(going);
    await directory.enter(staying);
    await directory.retire("gateway-1");
    expectSame(await directory.find(["alice"]), [staying], "the session of the other gateway");
    await directory.retire("gateway-1");
  },
};
