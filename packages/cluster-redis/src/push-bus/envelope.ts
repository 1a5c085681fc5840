import type { BusBroadcast, BusMessage, Delivery } from "@im/gateway";
import { BytesReader, BytesWriter, maxBytesOf } from "./bytes.js";

/** A message of a gateway to itself, by which it finds out whether its subscription is alive. */
export interface Probe {
  readonly probe: number;
}

// An envelope is the version and any number of messages. A message is its kind and what belongs to it: a delivery has a number of
// channel ids, the ids, [code and reason of a Close,] and the packet; a broadcast has the packet; a probe has its number.
// Numbers are varints; texts and packets have their length before them.
const VERSION = Buffer.of(1);
const DELIVERY = 0;
const DELIVERY_AND_CLOSE = 1;
const BROADCAST = 2;
const PROBE = 3;
/** The most bytes of the numbers of a message. */
const NUMBERS_BYTES = 32;

/** The bytes of a message, a copy. */
export function messageBytes(message: BusMessage | Probe): Buffer {
  if ("probe" in message) return new BytesWriter(NUMBERS_BYTES).varint(PROBE).varint(message.probe).written;
  if ("toAll" in message) return broadcastBytes(message);
  return deliveryBytes(message);
}

function broadcastBytes({ packet }: BusBroadcast): Buffer {
  return new BytesWriter(NUMBERS_BYTES + packet.length).varint(BROADCAST).bytes(packet).written;
}

function deliveryBytes({ channelIds, close, packet }: Delivery): Buffer {
  let maxBytes = NUMBERS_BYTES + packet.length + maxBytesOf(close?.reason ?? "");
  for (const channelId of channelIds) maxBytes += maxBytesOf(channelId);
  const bytes = new BytesWriter(maxBytes).varint(close ? DELIVERY_AND_CLOSE : DELIVERY).varint(channelIds.length);
  for (const channelId of channelIds) bytes.text(channelId);
  if (close) bytes.varint(close.code).text(close.reason);
  return bytes.bytes(packet).written;
}

/** @param messages each from {@link messageBytes} */
export function envelopeOf(messages: readonly Buffer[]): Buffer {
  return Buffer.concat([VERSION, ...messages]);
}

/** The messages of an envelope, in order. Their packets are views of it. @throws a RangeError if it is none */
export function messagesIn(envelope: Buffer): readonly (BusMessage | Probe)[] {
  const bytes = new BytesReader(envelope);
  const version = bytes.varint();
  if (version !== VERSION[0]) throw new RangeError(`envelopes of version ${version} are unknown`);
  const messages: (BusMessage | Probe)[] = [];
  while (!bytes.isAtEnd) messages.push(messageIn(bytes));
  return messages;
}

function messageIn(bytes: BytesReader): BusMessage | Probe {
  const kind = bytes.varint();
  if (kind === PROBE) return { probe: bytes.varint() };
  if (kind === BROADCAST) return { toAll: true, packet: bytes.bytes() };
  if (kind !== DELIVERY && kind !== DELIVERY_AND_CLOSE) throw new RangeError(`messages of kind ${kind} are unknown`);
  const channelIds: string[] = [];
  for (let left = bytes.varint(); left > 0; left--) channelIds.push(bytes.text());
  if (kind === DELIVERY) return { channelIds, packet: bytes.bytes() };
  const close = { code: bytes.varint(), reason: bytes.text() };
  return { channelIds, packet: bytes.bytes(), close };
}
