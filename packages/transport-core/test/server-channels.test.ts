import { type Channel, type ChannelMap, createChannel, HashChannelMap, OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { openConn } from "./support/conns.js";
import { bytes, type FakeDriver } from "./support/fake-driver.js";
import { firstFrameIsId, startServer } from "./support/servers.js";
import { codeOf, deferred, endOfTurn } from "./support/waiting.js";

/** A server with channels of these ids. */
async function serverWith(ids: readonly string[], options: Parameters<typeof startServer>[0] = {}) {
  const made = await startServer({ acceptor: firstFrameIsId, ...options });
  const drivers: Record<string, FakeDriver> = {};
  for (const id of ids) {
    const driver = made.listener.connect();
    driver.receive(id);
    drivers[id] = driver;
  }
  await endOfTurn();
  return { ...made, drivers };
}

describe("push through the server", () => {
  it("reaches the channel of that id, and no other", async () => {
    const { server, drivers } = await serverWith(["alice", "bob"]);
    expect(server.push("alice", bytes("hi"))).toBe(true);
    await endOfTurn();
    expect([drivers.alice!.sent, drivers.bob!.sent]).toEqual([["hi"], []]);
  });

  it("to an id that is not connected throws", async () => {
    const { server } = await serverWith(["alice"]);
    expect(await codeOf(() => server.push("carol", bytes("hi")))).toBe("IM_ERR_UNKNOWN_CHANNEL");
    expect(() => server.push("carol", bytes("hi"))).toThrow(/"carol"/);
  });

  it("throws what the channel throws", async () => {
    const { server } = await serverWith(["alice"], { maxPayloadBytes: 100 });
    expect(await codeOf(() => server.push("alice", new Uint8Array(101)))).toBe("IM_ERR_PAYLOAD_TOO_LARGE");
  });
});

describe("broadcast", () => {
  it("reaches every channel, and is encoded once for all", async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `user ${i}`);
    const { server, listener, drivers } = await serverWith(ids);
    expect(server.broadcast(bytes("to all"))).toBe(50);
    await endOfTurn();
    expect(Object.values(drivers).every(({ sent }) => sent.join() === "to all")).toBe(true);
    expect(listener.encodings, "encodings of the frame").toBe(1);
    expect(
      Object.values(drivers).reduce((sum, { encoded }) => sum + encoded, 0),
      "encodings for one channel",
    ).toBe(0);
  });

  it("keeps its place among the pushes of the turn", async () => {
    const { server, drivers } = await serverWith(["alice"]);
    server.push("alice", bytes("before"));
    server.broadcast(bytes("broadcast"));
    server.push("alice", bytes("after"));
    await endOfTurn();
    expect(drivers.alice!.sent).toEqual(["before", "broadcast", "after"]);
    expect(drivers.alice!.writes.length).toBe(1);
  });

  it("leaves out channels that are closing or whose queue is full, and counts the others", async () => {
    const { server, drivers, left } = await serverWith(["alice", "bob", "carol"], {
      highWaterMarkBytes: 10,
      maxQueuedBytes: 20,
    });
    drivers.bob!.isBlocked = true;
    server.push("bob", new Uint8Array(20));
    drivers.carol!.receive("", OpCode.Close);
    expect(server.broadcast(bytes("x"))).toBe(1);
    await endOfTurn();
    expect(drivers.alice!.sent).toEqual(["x"]);
    const ends = Object.fromEntries(left.map(({ id, info }) => [id, info.code]));
    expect(ends).toEqual({ bob: 1008, carol: 1005 });
  });

  it("of too long a payload throws at once, and harms no channel", async () => {
    const { server, drivers } = await serverWith(["alice"], { maxPayloadBytes: 100 });
    expect(await codeOf(() => server.broadcast(new Uint8Array(101)))).toBe("IM_ERR_PAYLOAD_TOO_LARGE");
    await endOfTurn();
    expect([drivers.alice!.sent, drivers.alice!.calls]).toEqual([[], []]);
  });

  it("over a map that two servers share is encoded by each channel's own transport", async () => {
    const channelMap = new HashChannelMap();
    const here = await serverWith(["here"], { channelMap });
    const there = await serverWith(["there"], { channelMap });
    expect(here.server.broadcast(bytes("to both"))).toBe(2);
    await endOfTurn();
    expect([here.drivers.here!.sent, there.drivers.there!.sent]).toEqual([["to both"], ["to both"]]);
    expect(there.drivers.there!.encoded, "frames that the other transport encoded itself").toBe(1);
  });

  it("reaches channels of other kinds that a user's map holds", async () => {
    const channelMap = new HashChannelMap();
    const { server } = await serverWith([], { channelMap });
    const { conn, driver } = openConn();
    channelMap.add(createChannel("guest", conn));
    expect(server.broadcast(bytes("hi"))).toBe(1);
    await endOfTurn();
    expect(driver.sent).toEqual(["hi"]);
  });

  it("to no channel is 0", async () => {
    const { server } = await serverWith([]);
    expect(server.broadcast(bytes("hi"))).toBe(0);
  });
});

describe("a user's own channel map", () => {
  class WatchedMap extends HashChannelMap {
    readonly events: string[] = [];
    override add(channel: Channel): boolean {
      const added = super.add(channel);
      this.events.push(`add ${channel.id} ${added}`);
      return added;
    }
    override remove(id: string): void {
      this.events.push(`remove ${id}`);
      super.remove(id);
    }
  }

  it("is honoured: adding, refusing, finding, removing", async () => {
    const channelMap = new WatchedMap();
    const { server, listener, drivers } = await serverWith(["alice", "alice"], { channelMap });
    expect(channelMap.events).toEqual(["add alice true", "add alice false"]);
    drivers.alice!.calls.length = 0;
    server.push("alice", bytes("x"));
    const bob = listener.connect();
    bob.receive("bob");
    await endOfTurn();
    bob.end();
    await endOfTurn();
    expect(channelMap.events.slice(2)).toEqual(["add bob true", "remove bob"]);
  });

  it("that throws costs one connection, and is reported", async () => {
    class BrokenMap extends HashChannelMap {
      override add(channel: Channel): boolean {
        if (channel.id === "bad") throw new Error("map is down");
        return super.add(channel);
      }
      override remove(id: string): void {
        super.remove(id);
        throw new Error("cannot remove");
      }
    }
    const channelMap: ChannelMap = new BrokenMap();
    const { drivers, errors, left } = await serverWith(["bad", "good"], { channelMap });
    expect(drivers.bad!.calls).toEqual(["close 1011 internal error"]);
    drivers.good!.end();
    await endOfTurn();
    expect(errors).toEqual([
      { code: "Error: map is down", during: "channel map", channelId: "bad" },
      { code: "Error: cannot remove", during: "channel map", channelId: "good" },
    ]);
    expect(left.map(({ id }) => id)).toEqual(["good"]);
  });

  it("fault 12: adding an id that is there is refused, and leaves the map as it is", () => {
    const map = new HashChannelMap();
    const [first, second] = [openConn(), openConn()].map(({ conn }) => createChannel("alice", conn));
    expect([map.add(first!), map.add(second!)]).toEqual([true, false]);
    expect(map.get("alice")).toBe(first);
    expect(map.all()).toEqual([first]);
    const snapshot = map.all();
    map.remove("alice");
    map.remove("nobody");
    expect(snapshot).toHaveLength(1);
    expect([map.get("alice"), map.all()]).toEqual([undefined, []]);
  });

  it("when an id was freed by hand and taken again, the end of the first does not remove the second", async () => {
    const channelMap = new HashChannelMap();
    const { server, listener, drivers } = await serverWith(["alice"], { channelMap });
    channelMap.remove("alice");
    const second = listener.connect();
    second.receive("alice");
    await endOfTurn();
    drivers.alice!.end();
    await endOfTurn();
    server.push("alice", bytes("still there"));
    await endOfTurn();
    expect(second.sent).toEqual(["still there"]);
  });
});

describe("disconnect", () => {
  it("comes once, after the map and the socket, with why", async () => {
    const channelMap = new HashChannelMap();
    const events: string[] = [];
    const { drivers } = await serverWith(["alice"], {
      channelMap,
      stateListener: {
        disconnect: (id, { code }) => void events.push(`${id} ${code} in the map: ${channelMap.get(id) !== undefined}`),
      },
    });
    drivers.alice!.receive(Uint8Array.of(0x0f, 0xa0), OpCode.Close);
    drivers.alice!.end();
    await endOfTurn();
    expect(events).toEqual(["alice 4000 in the map: false"]);
  });

  it("comes after the messages were given to the listener, also to a slow one", async () => {
    const slow = deferred();
    const events: string[] = [];
    const { drivers } = await serverWith(["alice"], {
      messageListener: {
        async receive() {
          await slow.promise;
          events.push("received");
        },
      },
      stateListener: { disconnect: () => void events.push("disconnect") },
    });
    drivers.alice!.receive("x");
    drivers.alice!.receive("y");
    drivers.alice!.end();
    await endOfTurn();
    expect(events).toEqual([]);
    slow.resolve();
    await endOfTurn();
    expect(events).toEqual(["received", "received", "disconnect"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("listener is down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("listener is down"))],
  ])("one that %s is reported, and harms no other", async (_, disconnect) => {
    const { drivers, errors, server } = await serverWith(["alice", "bob"], { stateListener: { disconnect } });
    drivers.alice!.end();
    await endOfTurn();
    expect(errors).toEqual([{ code: "Error: listener is down", during: "disconnect", channelId: "alice" }]);
    server.push("bob", bytes("fine"));
    await endOfTurn();
    expect(drivers.bob!.sent).toEqual(["fine"]);
  });

  it("fault 4: an application that closes its channel has its socket closed for real", async () => {
    const { server, drivers, left } = await serverWith(["alice"], {
      messageListener: { receive: ({ id }) => server.closeChannel(id, 4000, "bye") },
    });
    drivers.alice!.receive("x");
    await endOfTurn();
    expect(drivers.alice!.calls).toEqual(["close 4000 bye"]);
    expect(left).toMatchObject([{ id: "alice", info: { code: 4000, clean: true } }]);
  });

  it("fault 2: one client that does not read freezes no other", async () => {
    const { server, drivers, left } = await serverWith(["stuck", "fine"], {
      highWaterMarkBytes: 100,
      maxQueuedBytes: 1_000,
    });
    drivers.stuck!.isBlocked = true;
    const codes = new Set<string>();
    for (let i = 0; i < 100; i++) {
      codes.add(await codeOf(() => server.push("stuck", new Uint8Array(50))));
      server.push("fine", bytes(`${i}`));
    }
    await endOfTurn();
    expect(drivers.fine!.sent).toHaveLength(100);
    expect([...codes]).toEqual(["nothing was thrown", "IM_ERR_QUEUE_FULL", "IM_ERR_CLOSED", "IM_ERR_UNKNOWN_CHANNEL"]);
    expect(left.map(({ id, info }) => `${id} ${info.code}`)).toEqual(["stuck 1008"]);
  });
});
