import type { Channel } from "@im/transport-core";
import { describe, expect, it, vi } from "vitest";
import { LocalBroadcasts } from "../src/push/local-broadcasts.js";
import { LiveSession } from "../src/session/live-session.js";
import { OpenSessions } from "../src/session/open-sessions.js";
import { signInCrowd } from "./support/crowd.js";
import { startGateway } from "./support/started-gateway.js";

const PER_TURN = 500;
const packet = (text: string) => new TextEncoder().encode(text);

/** Sessions whose channels keep what is pushed to them, and that they were closed. */
function setUp(count: number) {
  const pushed = vi.fn();
  const sessions: LiveSession[] = [];
  const broadcasts = new LocalBroadcasts({ pushed }, () => sessions);
  const received: string[][] = [];
  for (let number = 0; number < count; number++) {
    const record = { account: `user-${number}`, device: "", channelId: `${number}`, gatewayId: "g", app: "", zone: "" };
    const own = { data: undefined, extensions: new Set<string>(), expiresAtMs: undefined, budget: undefined };
    const rest = { isp: "", remoteIp: "", tags: [], connectId: "" };
    const session = new LiveSession({ ...record, ...rest }, own, new OpenSessions({}), broadcasts);
    const events: string[] = [];
    session.attach({
      push: (payload: Uint8Array) => events.push(new TextDecoder().decode(payload)) > 0,
      close: async (code: number) => void events.push(`close ${code}`),
    } as unknown as Channel);
    sessions.push(session);
    received.push(events);
  }
  return { broadcasts, sessions, received, pushed };
}

/** How many packets the sessions get in each turn of the event loop, from now until all broadcasts have reached them. */
async function packetsInTurns({ broadcasts, received }: ReturnType<typeof setUp>): Promise<number[]> {
  const inTurns: number[] = [];
  let before = received.flat().length;
  while (broadcasts.areUnderWay) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = received.flat().length;
    inTurns.push(now - before);
    before = now;
  }
  return inTurns;
}

describe("a broadcast to many sessions", () => {
  it("reaches some of them in each turn of the event loop, and is done when it has reached all", async () => {
    const { broadcasts, received, pushed } = setUp(2 * PER_TURN + 1);
    const reached = () => received.filter((events) => events.length > 0).length;
    const done = broadcasts.send("a.b", packet("all"));
    const inTurns = [reached()];
    while (broadcasts.areUnderWay) {
      await new Promise((resolve) => setImmediate(resolve));
      inTurns.push(reached());
    }
    expect(inTurns).toEqual([PER_TURN, 2 * PER_TURN, 2 * PER_TURN + 1]);
    expect(await done).toEqual({ delivered: 2 * PER_TURN + 1, failed: [] });
    expect(pushed.mock.calls).toEqual([["a.b", 2 * PER_TURN + 1]]);
    expect(received.every((events) => events.join() === "all")).toBe(true);
  });

  it("shares the packets of a turn with the other broadcasts under way", async () => {
    const crowd = setUp(2 * PER_TURN);
    for (const text of ["1", "2", "3", "4", "5"]) void crowd.broadcasts.send("a.b", packet(text));
    // The first broadcast has reached half of the sessions.
    expect(await packetsInTurns(crowd)).toEqual(Array(9).fill(PER_TURN));
    expect(crowd.received.every((events) => events.join() === "1,2,3,4,5")).toBe(true);
  });

  it("that a hook makes takes no second slice in a turn", async () => {
    const crowd = setUp(2 * PER_TURN);
    const { broadcasts, pushed } = crowd;
    pushed.mockImplementationOnce(() => void broadcasts.send("a.b", packet("second")));
    void broadcasts.send("a.b", packet("first"));
    expect(await packetsInTurns(crowd)).toEqual(Array(3).fill(PER_TURN));
  });

  it("that is made after a shutdown finished the others takes no second slice in a turn", async () => {
    const crowd = setUp(3 * PER_TURN);
    const { broadcasts } = crowd;
    void broadcasts.send("a.b", packet("first"));
    broadcasts.finish();
    void broadcasts.send("a.b", packet("second"));
    expect(await packetsInTurns(crowd)).toEqual(Array(3).fill(PER_TURN));
  });

  it("comes to each session before what is pushed later, and before its Close", async () => {
    const { broadcasts, sessions, received } = setUp(2 * PER_TURN);
    const first = broadcasts.send("a.b", packet("first"));
    const second = broadcasts.send("a.b", packet("second"));
    sessions.at(-1)!.deliver(packet("later"));
    sessions.at(-2)!.evict(packet("kicked"), { code: 4001, reason: "" });
    sessions.at(-3)!.close(1000, "");
    await Promise.all([first, second]);
    expect(received.slice(-3)).toEqual([
      ["first", "second", "close 1000"],
      ["first", "second", "kicked", "close 4001"],
      ["first", "second", "later"],
    ]);
    expect(received.slice(0, -3).every((events) => events.join() === "first,second")).toBe(true);
  });

  it("leaves out sessions that end meanwhile, and reports those that do not take it", async () => {
    const { broadcasts, sessions, received } = setUp(2 * PER_TURN);
    const done = broadcasts.send("a.b", packet("all"));
    const error = new Error("its queue is full");
    vi.spyOn(sessions.at(-1)!, "enqueue").mockImplementation(() => {
      throw error;
    });
    sessions.at(-2)!.finish("disconnected");
    expect(await done).toEqual({
      delivered: 2 * PER_TURN - 2,
      failed: [{ channelId: sessions.at(-1)!.channelId, error }],
    });
    expect(received.at(-2)).toEqual([]);
  });

  it("does not reach sessions that begin meanwhile", async () => {
    const { broadcasts, sessions, received } = setUp(2 * PER_TURN);
    const [newcomer] = sessions.splice(-1);
    const done = broadcasts.send("a.b", packet("all"));
    sessions.push(newcomer!);
    newcomer!.deliver(packet("welcome"));
    await done;
    expect(received.at(-1)).toEqual(["welcome"]);
  });

  it("reaches all sessions before a shutdown closes them", async () => {
    const { gateway, tcp, ws } = await startGateway();
    const peers = await signInCrowd({ tcp, ws }, PER_TURN + 50);
    const report = gateway.broadcast("notice.all");
    const shutdown = gateway.shutdown();
    for (const peer of peers) {
      expect(await peer.logic()).toMatchObject({ command: "notice.all" });
      expect(await peer.ended).toMatchObject({ code: 1001 });
    }
    expect(await report).toMatchObject({ delivered: peers.length, failed: [] });
    await shutdown;
  });
});
