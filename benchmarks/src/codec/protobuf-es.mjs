import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { HeaderSchema } from "@im/wire/messages";
import { joinPacket, splitPacket } from "./logic-layout.mjs";

export function packetOf({ text, ...header }) {
  return { header: create(HeaderSchema, header), body: new TextEncoder().encode(text) };
}

export const encode = ({ header, body }) => joinPacket(toBinary(HeaderSchema, header), body);

export function decode(bytes) {
  const { header, body } = splitPacket(bytes);
  return { header: fromBinary(HeaderSchema, header), body };
}

export const forward = (bytes) => decode(bytes).header.command;

export function stamp(bytes, channelId) {
  const packet = decode(bytes);
  packet.header.channelId = channelId;
  return encode(packet);
}

export const headerOf = ({ header }) => header;
export const textOf = ({ body }) => new TextDecoder().decode(body);
