import { describe, expect, it } from "vitest";
import { flushAtEndOfTurn } from "../src/conn/end-of-turn.js";
import { openChannel } from "./support/conns.js";
import { bytes } from "./support/fake-driver.js";
import { endOfTurn } from "./support/waiting.js";

const senders = Array.from({ length: 20 }, (_, i) => `sender ${i}`);

describe("flush at the end of the turn", () => {
  it("comes after everything that this turn still does", async () => {
    const events: string[] = [];
    flushAtEndOfTurn({ flush: () => events.push("flush") });
    queueMicrotask(() => events.push("microtask"));
    process.nextTick(() => events.push("tick"));
    await endOfTurn();
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toBe("flush");
  });

  it("flushes in the order in which it was asked", async () => {
    const flushed: number[] = [];
    for (let i = 0; i < 5; i++) flushAtEndOfTurn({ flush: () => flushed.push(i) });
    await endOfTurn();
    expect(flushed).toEqual([0, 1, 2, 3, 4]);
  });

  it("flushes the others in the next turn when one throws", async () => {
    const flushed: string[] = [];
    const uncaught = new Promise<unknown>((resolve) => process.once("uncaughtException", resolve));
    const others = process.listeners("uncaughtException").filter((_, i, all) => i < all.length - 1);
    for (const listener of others) process.off("uncaughtException", listener);
    try {
      flushAtEndOfTurn({ flush: () => flushed.push("before") });
      flushAtEndOfTurn({
        flush: () => {
          throw new Error("broken");
        },
      });
      flushAtEndOfTurn({ flush: () => flushed.push("behind") });
      expect(await uncaught).toMatchObject({ message: "broken" });
      await endOfTurn();
      expect(flushed).toEqual(["before", "behind"]);
    } finally {
      for (const listener of others) process.on("uncaughtException", listener);
    }
  });

  it("leaves what is asked for while flushing to the next turn", async () => {
    const flushed: string[] = [];
    flushAtEndOfTurn({
      flush: () => {
        flushed.push("first");
        flushAtEndOfTurn({ flush: () => flushed.push("second") });
      },
    });
    await endOfTurn();
    await endOfTurn();
    expect(flushed).toEqual(["first", "second"]);
  });

  it("messages of many senders to one receiver leave in one write", async () => {
    const receiver = openChannel();
    const rooms = senders.map(() => openChannel());
    for (const [i, { channel }] of rooms.entries()) {
      void channel.readLoop({ receive: () => void receiver.channel.push(bytes(senders[i]!)) });
    }
    for (const { driver } of rooms) driver.receive("to all");
    await endOfTurn();
    expect([receiver.driver.writes.length, receiver.driver.flushes], "writes, and flushes").toEqual([1, 1]);
    expect(receiver.driver.sent).toEqual(senders);
  });

  it("so do the answers of async listeners that answer in this turn", async () => {
    const receiver = openChannel();
    const rooms = senders.map(() => openChannel());
    for (const [i, { channel }] of rooms.entries()) {
      const receive = async () => {
        await null;
        receiver.channel.push(bytes(senders[i]!));
      };
      void channel.readLoop({ receive });
    }
    for (const { driver } of rooms) driver.receive("to all");
    await endOfTurn();
    expect(receiver.driver.writes.length, "writes").toBe(1);
    expect(receiver.driver.sent.sort()).toEqual([...senders].sort());
  });

  it("two turns are two writes", async () => {
    const { channel, driver } = openChannel();
    channel.push(bytes("first turn"));
    await endOfTurn();
    channel.push(bytes("second turn"));
    await endOfTurn();
    expect(driver.writes.length).toBe(2);
  });

  it("a flush by hand in between does not stop later ones", async () => {
    const { channel, driver } = openChannel();
    channel.push(bytes("by hand"));
    channel.flush();
    expect(driver.sent).toEqual(["by hand"]);
    channel.push(bytes("by itself"));
    await endOfTurn();
    expect(driver.sent).toEqual(["by hand", "by itself"]);
  });
});
