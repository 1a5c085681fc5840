import { isBytes } from "../bytes.js";
import type { Header, Meta } from "../header.js";
import { WireError } from "../wire-error.js";
import type { FieldWriter } from "./field-writer.js";
import { HeaderTag, MetaTag } from "./fields.js";

/**
 * Writes a Header: ascending field numbers, minimal varints, defaults left out, unknown fields last. Checks every member
 * on the way and throws IM_ERR_PACKET_INVALID; what was written by then is of no use.
 */
export function writeHeader(header: Header, writer: FieldWriter): void {
  const { command, channelId, sequence, flag, status, dest, meta, unknownFields } = header;
  writeString(writer, HeaderTag.command, "command", command);
  writeString(writer, HeaderTag.channelId, "channelId", channelId);
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 0xffffffff) {
    throw invalid("sequence", "an integer from 0 to 4294967295", sequence);
  }
  writer.uint32(HeaderTag.sequence, sequence);
  writeEnum(writer, HeaderTag.flag, "flag", flag);
  writeEnum(writer, HeaderTag.status, "status", status);
  writeString(writer, HeaderTag.dest, "dest", dest);
  if (!Array.isArray(meta)) throw invalid("meta", "an array", meta);
  for (let i = 0; i < meta.length; i++) writeMeta(writer, meta[i]);
  writeUnknown(writer, unknownFields);
}

/** Writes one Meta of a Header, as {@link writeHeader} does. */
export function writeMeta(writer: FieldWriter, meta: Meta): void {
  if (typeof meta !== "object" || meta === null) throw invalid("meta", "an array of { key, value, type }", meta);
  const begun = writer.beginMessage(HeaderTag.meta);
  writeString(writer, MetaTag.key, "meta key", meta.key);
  writeString(writer, MetaTag.value, "meta value", meta.value);
  writeEnum(writer, MetaTag.type, "meta type", meta.type);
  writeUnknown(writer, meta.unknownFields);
  writer.endMessage(begun);
}

/** Writes a string member; `name` is for the error. */
export function writeString(writer: FieldWriter, tag: number, name: string, text: string): void {
  if (typeof text !== "string") throw invalid(name, "a string", text);
  if (!writer.string(tag, text)) {
    throw invalid(name, "text without lone surrogates (protobuf strings are UTF-8)", text);
  }
}

function writeEnum(writer: FieldWriter, tag: number, name: string, value: number): void {
  if ((value | 0) !== value) throw invalid(name, "a 32-bit integer", value);
  writer.int32(tag, value);
}

function writeUnknown(writer: FieldWriter, unknownFields: Uint8Array | undefined): void {
  if (unknownFields === undefined) return;
  if (!isBytes(unknownFields)) throw invalid("unknownFields", "a Uint8Array", unknownFields);
  writer.raw(unknownFields, 0, unknownFields.length);
}

function invalid(name: string, wanted: string, value: unknown): WireError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new WireError("IM_ERR_PACKET_INVALID", `The packet's ${name} must be ${wanted}, not ${shown}.`);
}
