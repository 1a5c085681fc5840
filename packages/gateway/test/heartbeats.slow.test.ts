import { BasicCode, basicPing, marshal } from "@im/wire";
import { createBasicPkt } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";
import { gate } from "./support/within.js";

const PING = marshal(basicPing);

describe.each(["ws", "tcp"] as const)("over %s, a BasicPkt ping", (transport) => {
  async function busySession(options = {}) {
    const work = gate();
    const order: number[] = [];
    const started = await startGateway(
      (gateway) =>
        gateway.handleRaw("a.b", async (ctx) => {
          await work.opened;
          order.push(ctx.sequence);
          ctx.respond();
        }),
      { handlerTimeoutMs: 60_000 },
      options,
    );
    const alice = await PacketPeer.signIn(started[transport], "alice");
    return { alice, order, work };
  }

  it("is answered while a handler is at work and requests wait behind it", async () => {
    const { alice, order, work } = await busySession();
    const sequences = [1, 2, 3].map(() => alice.send({ command: "a.b" }).sequence);
    alice.sendBytes(PING);
    expect(await alice.basic()).toMatchObject({ code: BasicCode.Pong });
    expect(order).toEqual([]);
    work.open();
    for (const sequence of sequences) expect(await alice.logic()).toMatchObject({ sequence });
    expect(order).toEqual(sequences);
  });

  it.each([
    ["20 requests of 64 KiB", 20, 65_536],
    ["64 requests of 64 KiB", 64, 65_536],
    ["1,000 small requests", 1_000, 8],
  ])("behind %s is followed by a sign of life, though nothing is read", async (_, requests, bytes) => {
    const { alice, order, work } = await busySession();
    const body = new Uint8Array(bytes);
    const sequences = Array.from({ length: requests }, () => alice.send({ command: "a.b", body }).sequence);
    alice.sendBytes(PING);
    for (let sign = 0; sign < 2; sign++) expect(await alice.basic()).toMatchObject({ code: BasicCode.Pong });
    expect(order).toEqual([]);
    work.open();
    for (const sequence of sequences) {
      let packet = await alice.next();
      while (packet.kind === "basic") packet = await alice.next();
      expect(packet).toMatchObject({ sequence });
    }
    expect(order).toEqual(sequences);
  });

  it("of which too many come before an answer could leave ends the connection", async () => {
    const { alice } = await busySession({ maxUnansweredPings: 8 });
    alice.sendBytes(...Array.from({ length: 100 }, () => PING));
    expect(await alice.ended).toMatchObject({ code: expect.toSatisfy((code) => code === 1008 || code === 1006) });
  });

  it("of another code is ignored", async () => {
    const { alice, work } = await busySession();
    work.open();
    alice.sendBytes(marshal(createBasicPkt(77)), marshal(createBasicPkt(BasicCode.Pong)), PING);
    expect(await alice.basic()).toMatchObject({ code: BasicCode.Pong });
    await alice.request({ command: "a.b" });
    expect(alice.unread).toEqual([]);
  });
});
