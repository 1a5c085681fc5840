import type { BusMessage } from "@im/gateway";
import { strangeTexts } from "@im/gateway/contract-suites";
import { expect, it } from "vitest";
import { envelopeOf, messageBytes, messagesIn, type Probe } from "../src/push-bus/envelope.js";

const messages: (BusMessage | Probe)[] = [
  { channelIds: strangeTexts, packet: Buffer.of(0, 255) },
  { channelIds: [], packet: Buffer.alloc(70_000, 7), close: { code: 4001, reason: "kicked, out 👋🏽" } },
  { toAll: true, packet: Buffer.alloc(0) },
  { probe: 2 ** 40 + 1 },
];

it("an envelope gives back its messages, in order", () => {
  expect(messagesIn(envelopeOf(messages.map(messageBytes)))).toEqual(messages);
});

it("a message is a copy: what happens to the packet later does not matter", () => {
  const packet = Buffer.of(1);
  const message = messageBytes({ channelIds: ["c1"], packet });
  packet[0] = 2;
  expect(messagesIn(envelopeOf([message]))).toEqual([{ channelIds: ["c1"], packet: Buffer.of(1) }]);
});

it("an envelope that is cut off is refused", () => {
  const message = messageBytes({ channelIds: ["c1", "c2"], packet: Buffer.of(1, 2), close: { code: 1, reason: "r" } });
  const whole = envelopeOf([message]);
  for (let length = 2; length < whole.length; length++) {
    expect(() => messagesIn(whole.subarray(0, length))).toThrow(RangeError);
  }
});

it.each([
  ["of an unknown version", Buffer.of(2)],
  ["with a message of an unknown kind", Buffer.of(1, 9)],
  ["with a number above 2^53", Buffer.of(1, 3, ...Array(9).fill(255), 1)],
  ["without a version", Buffer.of()],
])("an envelope %s is refused", (_, envelope) => {
  expect(() => messagesIn(envelope)).toThrow(RangeError);
});
