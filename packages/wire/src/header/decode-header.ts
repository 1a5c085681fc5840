import { Flag, type Meta, MetaType, Status } from "../header.js";
import type { LogicPkt } from "../logic-pkt.js";
import { WireError } from "../wire-error.js";
import { FieldReader, MalformedField } from "./field-reader.js";
import { HeaderTag, MetaTag } from "./fields.js";
import { readShortAscii, SHORT_ASCII } from "./short-ascii.js";
import { UnknownFields } from "./unknown-fields.js";

/**
 * Decodes the Header in `bytes` from `start` to `end` and joins the body to it. As in kim: the last of a repeated field
 * wins, metas add up, unknown enum numbers are kept, and a known field of another wire type counts as unknown. Throws
 * IM_ERR_HEADER_INVALID.
 */
export function decodeHeader(bytes: Uint8Array, start: number, end: number, body: Uint8Array): LogicPkt {
  try {
    return readHeader(new FieldReader(bytes, start, end), body);
  } catch (cause) {
    throw explained(cause);
  }
}

/** The command alone, of the Header in `bytes` from `start` to `end`; other values are only stepped over. */
export function decodeCommand(bytes: Uint8Array, start: number, end: number): string {
  try {
    const reader = new FieldReader(bytes, start, end);
    let command = "";
    while (reader.pos < end) {
      const short = bytes[reader.pos] === HeaderTag.command ? reader.shortText() : undefined;
      if (short !== undefined) {
        command = short;
        continue;
      }
      const tag = reader.tag();
      if (tag === HeaderTag.command) command = reader.string();
      else reader.skip(tag);
    }
    return command;
  } catch (cause) {
    throw explained(cause);
  }
}

/** The string whose length stands at `at`, of a Header that ends at `end`; it is known to lie within. */
export function decodeStringAt(bytes: Uint8Array, at: number, end: number): string {
  const length = bytes[at]!;
  const short = length <= SHORT_ASCII ? readShortAscii(bytes, at + 1, length) : undefined;
  if (short !== undefined) return short;
  try {
    return new FieldReader(bytes, at, end).string();
  } catch (cause) {
    throw explained(cause);
  }
}

/** All metas of the Header in `bytes` from `start` to `end`; other values are only stepped over. */
export function decodeMetas(bytes: Uint8Array, start: number, end: number): Meta[] {
  try {
    const reader = new FieldReader(bytes, start, end);
    const metas: Meta[] = [];
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === HeaderTag.meta) metas.push(readMeta(reader));
      else reader.skip(tag);
    }
    return metas;
  } catch (cause) {
    throw explained(cause);
  }
}

function readHeader(reader: FieldReader, body: Uint8Array): LogicPkt {
  let command = "";
  let channelId = "";
  let sequence = 0;
  let flag: Flag = Flag.Request;
  let status: Status = Status.Success;
  let dest = "";
  const meta: Meta[] = [];
  let unknown: UnknownFields | undefined;
  while (reader.pos < reader.end) {
    const start = reader.pos;
    let tag = reader.bytes[start]!;
    let text = isText(tag) ? reader.shortText() : undefined;
    if (text === undefined) {
      tag = reader.tag();
      if (isText(tag)) text = reader.string();
    }
    if (text !== undefined) {
      if (tag === HeaderTag.command) command = text;
      else if (tag === HeaderTag.channelId) channelId = text;
      else dest = text;
      continue;
    }
    switch (tag) {
      case HeaderTag.sequence:
        sequence = reader.uint32();
        break;
      case HeaderTag.flag:
        flag = reader.int32();
        break;
      case HeaderTag.status:
        status = reader.int32();
        break;
      case HeaderTag.meta:
        meta.push(readMeta(reader));
        break;
      default:
        unknown ??= new UnknownFields(reader.end - start);
        unknown.take(reader, tag);
    }
  }
  const packet: LogicPkt = { kind: "logic", command, channelId, sequence, flag, status, dest, meta, body };
  return unknown === undefined ? packet : { ...packet, unknownFields: unknown.toBytes() };
}

function isText(tag: number): boolean {
  return tag === HeaderTag.command || tag === HeaderTag.channelId || tag === HeaderTag.dest;
}

/** Reads the Meta that `reader` stands before, behind its tag. */
export function readMeta(reader: FieldReader): Meta {
  const length = reader.length();
  const headerEnd = reader.end;
  reader.end = reader.pos + length;
  let key = "";
  let value = "";
  let type: MetaType = MetaType.Int;
  let unknown: UnknownFields | undefined;
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const tag = reader.tag();
    switch (tag) {
      case MetaTag.key:
        key = reader.string();
        break;
      case MetaTag.value:
        value = reader.string();
        break;
      case MetaTag.type:
        type = reader.int32();
        break;
      default:
        unknown ??= new UnknownFields(reader.end - start);
        unknown.take(reader, tag);
    }
  }
  reader.end = headerEnd;
  return unknown === undefined ? { key, value, type } : { key, value, type, unknownFields: unknown.toBytes() };
}

/** What to throw in place of a MalformedField that was met in a header. */
export function explained(cause: unknown): unknown {
  if (!(cause instanceof MalformedField)) return cause;
  return new WireError(
    "IM_ERR_HEADER_INVALID",
    `The header is no valid protobuf Header: ${cause.message}. Close the connection; its bytes cannot be trusted.`,
    { cause },
  );
}
