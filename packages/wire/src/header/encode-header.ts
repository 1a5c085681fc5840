import { isBytes } from "../bytes.js";
import type { Header, Meta } from "../header.js";
import { WireError } from "../wire-error.js";
import { HeaderTag, MetaTag } from "./fields.js";
import { utf8Length, writeUtf8 } from "./utf8.js";
import { int32Size, varintSize, writeInt32, writeVarint } from "./varint.js";

/**
 * How many bytes {@link writeHeader} will write. Checks every member on the way and throws IM_ERR_PACKET_INVALID, so
 * that writing cannot fail half-way (kim then left only the magic on the wire).
 */
export function headerSize(header: Header): number {
  const { command, channelId, sequence, flag, status, dest, meta, unknownFields } = header;
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 0xffffffff) {
    throw invalid("sequence", "an integer from 0 to 4294967295", sequence);
  }
  if (!Array.isArray(meta)) throw invalid("meta", "an array", meta);
  let size =
    stringSize("command", command) +
    stringSize("channelId", channelId) +
    (sequence === 0 ? 0 : 1 + varintSize(sequence)) +
    enumSize("flag", flag) +
    enumSize("status", status) +
    stringSize("dest", dest) +
    unknownSize(unknownFields);
  for (let i = 0; i < meta.length; i++) {
    const inner = metaSize(meta[i]);
    size += 1 + varintSize(inner) + inner;
  }
  return size;
}

/**
 * Writes a Header that {@link headerSize} has measured and returns the position after it: ascending field numbers,
 * minimal varints, defaults left out, unknown fields last.
 */
export function writeHeader(header: Header, out: Uint8Array, start: number): number {
  let at = writeString(HeaderTag.command, header.command, out, start);
  at = writeString(HeaderTag.channelId, header.channelId, out, at);
  if (header.sequence !== 0) {
    out[at] = HeaderTag.sequence;
    at = writeVarint(header.sequence, out, at + 1);
  }
  at = writeEnum(HeaderTag.flag, header.flag, out, at);
  at = writeEnum(HeaderTag.status, header.status, out, at);
  at = writeString(HeaderTag.dest, header.dest, out, at);
  for (let i = 0; i < header.meta.length; i++) {
    const meta = header.meta[i]!;
    out[at] = HeaderTag.meta;
    at = writeMeta(meta, out, writeVarint(metaSize(meta), out, at + 1));
  }
  return writeUnknown(header.unknownFields, out, at);
}

function metaSize(meta: Meta | undefined): number {
  if (typeof meta !== "object" || meta === null) throw invalid("meta", "an array of { key, value, type }", meta);
  return (
    stringSize("meta key", meta.key) +
    stringSize("meta value", meta.value) +
    enumSize("meta type", meta.type) +
    unknownSize(meta.unknownFields)
  );
}

function writeMeta(meta: Meta, out: Uint8Array, start: number): number {
  let at = writeString(MetaTag.key, meta.key, out, start);
  at = writeString(MetaTag.value, meta.value, out, at);
  at = writeEnum(MetaTag.type, meta.type, out, at);
  return writeUnknown(meta.unknownFields, out, at);
}

function stringSize(name: string, text: string): number {
  if (text === "") return 0;
  if (typeof text !== "string") throw invalid(name, "a string", text);
  const length = utf8Length(text);
  if (length < 0) throw invalid(name, "text without lone surrogates (protobuf strings are UTF-8)", text);
  return 1 + varintSize(length) + length;
}

function writeString(tag: number, text: string, out: Uint8Array, at: number): number {
  if (text === "") return at;
  const length = utf8Length(text);
  out[at] = tag;
  return writeUtf8(text, length, out, writeVarint(length, out, at + 1));
}

function enumSize(name: string, value: number): number {
  if (value === 0) return 0;
  if ((value | 0) !== value) throw invalid(name, "a 32-bit integer", value);
  return 1 + int32Size(value);
}

function writeEnum(tag: number, value: number, out: Uint8Array, at: number): number {
  if (value === 0) return at;
  out[at] = tag;
  return writeInt32(value, out, at + 1);
}

function unknownSize(unknownFields: Uint8Array | undefined): number {
  if (unknownFields === undefined) return 0;
  if (!isBytes(unknownFields)) throw invalid("unknownFields", "a Uint8Array", unknownFields);
  return unknownFields.length;
}

function writeUnknown(unknownFields: Uint8Array | undefined, out: Uint8Array, at: number): number {
  if (unknownFields === undefined) return at;
  out.set(unknownFields, at);
  return at + unknownFields.length;
}

function invalid(name: string, wanted: string, value: unknown): WireError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new WireError("IM_ERR_PACKET_INVALID", `The packet's ${name} must be ${wanted}, not ${shown}.`);
}
