import { createLogicPkt, marshal, read } from "@im/wire";
import { peekCommand, restamp, scan } from "@im/wire/codec";

export function packetOf({ text, ...header }) {
  return createLogicPkt({ ...header, body: new TextEncoder().encode(text) });
}

export const encode = (packet) => marshal(packet);
export const decode = (bytes) => read(bytes);
/** What a router needs before it passes the same bytes on. */
export const forward = (bytes) => scan(bytes).command;
/** The same, where nothing but the command is needed. */
export const peek = (bytes) => peekCommand(bytes);
export const stamp = (bytes, channelId) => restamp(bytes, { channelId });
export const headerOf = (packet) => packet;
export const textOf = (packet) => new TextDecoder().decode(packet.body);
