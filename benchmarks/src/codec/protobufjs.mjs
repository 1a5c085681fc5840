import generated from "../gen/header.mjs";
import { joinPacket, splitPacket } from "./logic-layout.mjs";

const { Header } = generated.im.wire.v1;

export function packetOf({ text, ...header }) {
  return { header: new Header(header), body: new TextEncoder().encode(text) };
}

export const encode = ({ header, body }) => joinPacket(Header.encode(header).finish(), body);

export function decode(bytes) {
  const { header, body } = splitPacket(bytes);
  return { header: Header.decode(header), body };
}

export const forward = (bytes) => decode(bytes).header.command;

export function stamp(bytes, channelId) {
  const packet = decode(bytes);
  packet.header.channelId = channelId;
  return encode(packet);
}

export const headerOf = ({ header }) => header;
export const textOf = ({ body }) => new TextDecoder().decode(body);
