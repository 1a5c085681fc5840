import { isBytes } from "@im/transport-core/internal";
import type { Header, Meta } from "../packet/header.js";
import { checkMetaCount } from "../packet/limits.js";
import { WireError } from "../packet/wire-error.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import {
  NUMBER_FIELD_ROOM,
  textFieldRoom,
  writeInt32Field,
  writeTextField,
  writeUint32Field,
} from "../protobuf/write-field.js";
import { HeaderTag, MetaTag } from "./header-tags.js";

/**
 * Writes a Header: ascending field numbers, minimal varints, defaults left out, unknown fields last. Checks every member
 * on the way and throws IM_ERR_PACKET_INVALID; what was written by then is of no use.
 */
export function writeHeader(header: Header, writer: FieldWriter): void {
  const { command, channelId, sequence, flag, status, dest, meta, unknownFields } = header;
  checkString("command", command);
  checkString("channelId", channelId);
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 0xffffffff) {
    throw invalid("sequence", "an integer from 0 to 4294967295", sequence);
  }
  checkInt32("flag", flag);
  checkInt32("status", status);
  checkString("dest", dest);
  // Room for all of them at once, and a position that is passed on: twice as fast as asking the writer for each.
  writer.reserve(textFieldRoom(command) + textFieldRoom(channelId) + 3 * NUMBER_FIELD_ROOM + textFieldRoom(dest));
  const { bytes } = writer;
  let at = putString(HeaderTag.command, "command", command, bytes, writer.at);
  at = putString(HeaderTag.channelId, "channelId", channelId, bytes, at);
  if (sequence !== 0) at = writeUint32Field(HeaderTag.sequence, sequence, bytes, at);
  if (flag !== 0) at = writeInt32Field(HeaderTag.flag, flag, bytes, at);
  if (status !== 0) at = writeInt32Field(HeaderTag.status, status, bytes, at);
  writer.at = putString(HeaderTag.dest, "dest", dest, bytes, at);
  if (!Array.isArray(meta)) throw invalid("meta", "an array", meta);
  checkMetaCount(meta.length);
  for (let i = 0; i < meta.length; i++) writeMeta(writer, meta[i]);
  writeUnknown(writer, unknownFields);
}

/** Writes one Meta of a Header, as {@link writeHeader} does. */
export function writeMeta(writer: FieldWriter, meta: Meta): void {
  if (typeof meta !== "object" || meta === null) throw invalid("meta", "an array of { key, value, type }", meta);
  const { key, value, type, unknownFields } = meta;
  checkString("meta key", key);
  checkString("meta value", value);
  checkInt32("meta type", type);
  const begun = writer.beginMessage(HeaderTag.meta);
  writer.reserve(textFieldRoom(key) + textFieldRoom(value) + NUMBER_FIELD_ROOM);
  const { bytes } = writer;
  let at = putString(MetaTag.key, "meta key", key, bytes, writer.at);
  at = putString(MetaTag.value, "meta value", value, bytes, at);
  if (type !== 0) at = writeInt32Field(MetaTag.type, type, bytes, at);
  writer.at = at;
  writeUnknown(writer, unknownFields);
  writer.endMessage(begun);
}

/** Writes the channelId of a Header, as {@link writeHeader} does. */
export function writeChannelId(writer: FieldWriter, channelId: string): void {
  checkString("channelId", channelId);
  writer.reserve(textFieldRoom(channelId));
  writer.at = putString(HeaderTag.channelId, "channelId", channelId, writer.bytes, writer.at);
}

/** Writes a string for which there is room, unless it is empty, and returns the position after it. */
function putString(tag: number, name: string, text: string, out: Uint8Array, at: number): number {
  if (text === "") return at;
  const end = writeTextField(tag, text, out, at);
  if (end < 0) throw invalid(name, "text without lone surrogates (protobuf strings are UTF-8)", text);
  return end;
}

function writeUnknown(writer: FieldWriter, unknownFields: Uint8Array | undefined): void {
  if (unknownFields === undefined) return;
  if (!isBytes(unknownFields)) throw invalid("unknownFields", "a Uint8Array", unknownFields);
  writer.raw(unknownFields, 0, unknownFields.length);
}

/** `name` is for the error. */
function checkString(name: string, text: string): void {
  if (typeof text !== "string") throw invalid(name, "a string", text);
}

function checkInt32(name: string, value: number): void {
  if (typeof value !== "number" || (value | 0) !== value) throw invalid(name, "a 32-bit integer", value);
}

function invalid(name: string, wanted: string, value: unknown): WireError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new WireError("IM_ERR_PACKET_INVALID", `The packet's ${name} must be ${wanted}, not ${shown}.`);
}
