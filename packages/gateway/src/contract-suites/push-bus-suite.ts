import type { BusMessage, PushBus } from "../ports/push-bus.js";
import { expectCode, expectSame, soon } from "./expectations.js";
import { strangeTexts } from "./strange-texts.js";
import { type Case, type CreateFixture, describeCases, type TestRunner } from "./test-runner.js";

/** Takes messages, and waits for them. */
class Inbox {
  readonly messages: BusMessage[] = [];
  #arrived: () => void = () => {};

  readonly receive = (message: BusMessage): void => {
    this.messages.push(message);
    this.#arrived();
  };

  async atLeast(count: number): Promise<readonly BusMessage[]> {
    while (this.messages.length < count) {
      const arrival = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      await soon(arrival, `${count} messages, with ${this.messages.length} there`);
    }
    return this.messages;
  }
}

const packet = (...bytes: number[]) => Uint8Array.from(bytes);

const cases: Readonly<Record<string, Case<PushBus>>> = {
  "brings a delivery to its gateway, unchanged, and to no other": async (bus) => {
    const [here, there] = [new Inbox(), new Inbox()];
    await bus.subscribe("gateway-1", here.receive);
    await bus.subscribe("gateway-2", there.receive);
    const close = { code: 4001, reason: "kicked, out" };
    await bus.publish("gateway-1", { channelIds: ["c1", "c2"], packet: packet(0, 255, 10) });
    await bus.publish("gateway-2", { channelIds: ["c3"], packet: packet(), close });
    expectSame(await here.atLeast(1), [{ channelIds: ["c1", "c2"], packet: packet(0, 255, 10) }], "the first");
    expectSame(await there.atLeast(1), [{ channelIds: ["c3"], packet: packet(), close }], "the second");
  },

  "keeps the order of one publisher": async (bus) => {
    const inbox = new Inbox();
    await bus.subscribe("gateway-1", inbox.receive);
    const sent = Array.from({ length: 500 }, (_, index) => ({
      channelIds: [`c${index}`],
      packet: packet(index % 256),
    }));
    await Promise.all(sent.map((delivery) => bus.publish("gateway-1", delivery)));
    expectSame(await inbox.atLeast(500), sent, "all of them, in order");
  },

  "brings a broadcast to every gateway but its sender": async (bus) => {
    const inboxes = [new Inbox(), new Inbox(), new Inbox()] as const;
    for (const [index, { receive }] of inboxes.entries()) await bus.subscribe(`gateway-${index}`, receive);
    await bus.broadcast("gateway-0", { toAll: true, packet: packet(0, 255, 10) });
    const broadcast = { toAll: true, packet: packet(0, 255, 10) };
    for (const inbox of inboxes.slice(1)) expectSame(await inbox.atLeast(1), [broadcast], "what another received");
    await bus.publish("gateway-0", { channelIds: ["c1"], packet: packet(1) });
    const own = [{ channelIds: ["c1"], packet: packet(1) }];
    expectSame(await inboxes[0].atLeast(1), own, "what the sender received");
  },

  "keeps the order of what one publisher publishes and broadcasts": async (bus) => {
    const [here, there] = [new Inbox(), new Inbox()];
    await bus.subscribe("gateway-1", here.receive);
    await bus.subscribe("gateway-2", there.receive);
    const sent = Array.from({ length: 200 }, (_, index): BusMessage => {
      const bytes = packet(index);
      return index % 3 === 0 ? { toAll: true, packet: bytes } : { channelIds: ["c1"], packet: bytes };
    });
    const send = (message: BusMessage) =>
      "toAll" in message ? bus.broadcast("gateway-1", message) : bus.publish("gateway-2", message);
    await Promise.all(sent.map(send));
    expectSame(await there.atLeast(200), sent, "all of them, in order");
  },

  "broadcasts without an error if there is no other gateway": async (bus) => {
    const inbox = new Inbox();
    await bus.subscribe("gateway-1", inbox.receive);
    await bus.broadcast("gateway-1", { toAll: true, packet: packet(1) });
    expectSame(inbox.messages, [], "what the sender received");
  },

  "keeps channel ids apart, whatever text they are (fault 20)": async (bus) => {
    const inbox = new Inbox();
    await bus.subscribe("gateway-1", inbox.receive);
    await bus.publish("gateway-1", { channelIds: strangeTexts, packet: packet(1) });
    expectSame(await inbox.atLeast(1), [{ channelIds: strangeTexts, packet: packet(1) }], "the ids");
  },

  "takes any text for the id of a gateway, and keeps all apart": async (bus) => {
    const inboxes = strangeTexts.map(() => new Inbox());
    for (const [index, gatewayId] of strangeTexts.entries()) await bus.subscribe(gatewayId, inboxes[index]!.receive);
    for (const gatewayId of strangeTexts) await bus.publish(gatewayId, { channelIds: [gatewayId], packet: packet() });
    for (const [index, gatewayId] of strangeTexts.entries()) {
      const sent = [{ channelIds: [gatewayId], packet: packet() }];
      expectSame(await inboxes[index]!.atLeast(1), sent, `what ${JSON.stringify(gatewayId)} received`);
    }
  },

  "carries a packet of a mebibyte": async (bus) => {
    const inbox = new Inbox();
    await bus.subscribe("gateway-1", inbox.receive);
    await bus.publish("gateway-1", { channelIds: ["c1"], packet: new Uint8Array(1_048_576).fill(7) });
    const { length } = (await inbox.atLeast(1))[0]!.packet.filter((byte) => byte === 7);
    expectSame(length, 1_048_576, "its bytes");
  },

  "rejects a delivery to a gateway without a subscription": async (bus) => {
    await expectCode(
      () => bus.publish("gateway-1", { channelIds: ["c1"], packet: packet(1) }),
      "IM_ERR_UNKNOWN_GATEWAY",
    );
  },

  "delivers nothing after a subscription has ended": async (bus) => {
    const inbox = new Inbox();
    const end = await bus.subscribe("gateway-1", inbox.receive);
    await end();
    await bus.broadcast("gateway-2", { toAll: true, packet: packet(1) });
    await expectCode(
      () => bus.publish("gateway-1", { channelIds: ["c1"], packet: packet(1) }),
      "IM_ERR_UNKNOWN_GATEWAY",
    );
    expectSame(inbox.messages, [], "what was received");
  },
};

/** Defines one test for each rule of `PushBus`. */
export function describePushBus(runner: TestRunner, name: string, create: CreateFixture<PushBus>): void {
  describeCases(runner, `PushBus: ${name}`, cases, create);
}
