import { Flag, type Meta, MetaType, Status } from "../header.js";
import type { LogicPkt } from "../logic-pkt.js";
import { WireError } from "../wire-error.js";
import { FieldReader, MalformedField } from "./field-reader.js";
import { HeaderTag, MetaTag } from "./fields.js";
import { int32At, plainFieldEnd } from "./plain-field.js";
import { readShortAscii } from "./short-ascii.js";
import { UnknownFields } from "./unknown-fields.js";

/**
 * Decodes the Header in `bytes` from `start` to `end` and joins the body to it. As in kim: the last of a repeated field
 * wins, metas add up, unknown enum numbers are kept, and a known field of another wire type counts as unknown. Throws
 * IM_ERR_HEADER_INVALID.
 */
export function decodeHeader(bytes: Uint8Array, start: number, end: number, body: Uint8Array): LogicPkt {
  let command = "";
  let channelId = "";
  let sequence = 0;
  let flag: Flag = Flag.Request;
  let status: Status = Status.Success;
  let dest = "";
  const meta: Meta[] = [];
  let unknown: UnknownFields | undefined;
  let odd: FieldReader | undefined;
  try {
    for (let at = start; at < end; ) {
      let tag = bytes[at]!;
      let valueAt = at + 1;
      let next = plainFieldEnd(bytes, at, end);
      if (next === 0) {
        odd ??= new FieldReader(bytes, start, end);
        tag = odd.fieldAt(at);
        valueAt = odd.valueAt;
        next = odd.pos;
      }
      switch (tag) {
        case HeaderTag.command:
          command = textAt(bytes, valueAt, end);
          break;
        case HeaderTag.channelId:
          channelId = textAt(bytes, valueAt, end);
          break;
        case HeaderTag.sequence:
          sequence = int32At(bytes, valueAt, next) >>> 0;
          break;
        case HeaderTag.flag:
          flag = int32At(bytes, valueAt, next);
          break;
        case HeaderTag.status:
          status = int32At(bytes, valueAt, next);
          break;
        case HeaderTag.dest:
          dest = textAt(bytes, valueAt, end);
          break;
        case HeaderTag.meta:
          meta.push(metaAt(bytes, valueAt, next));
          break;
        default:
          unknown ??= new UnknownFields(end - at);
          unknown.take(tag, bytes, valueAt, next);
      }
      at = next;
    }
  } catch (cause) {
    throw explained(cause);
  }
  const packet: LogicPkt = { kind: "logic", command, channelId, sequence, flag, status, dest, meta, body };
  return unknown === undefined ? packet : { ...packet, unknownFields: unknown.toBytes() };
}

/** The command alone, of the Header in `bytes` from `start` to `end`; other values are only stepped over. */
export function decodeCommand(bytes: Uint8Array, start: number, end: number): string {
  let commandAt = 0;
  let odd: FieldReader | undefined;
  try {
    for (let at = start; at < end; ) {
      let tag = bytes[at]!;
      let valueAt = at + 1;
      let next = plainFieldEnd(bytes, at, end);
      if (next === 0) {
        odd ??= new FieldReader(bytes, start, end);
        tag = odd.fieldAt(at);
        valueAt = odd.valueAt;
        next = odd.pos;
      }
      if (tag === HeaderTag.command) commandAt = valueAt;
      at = next;
    }
    return commandAt === 0 ? "" : textAt(bytes, commandAt, end);
  } catch (cause) {
    throw explained(cause);
  }
}

/** The string whose length stands at `at`, of a message that ends at `end`; it is known to lie within. */
export function textAt(bytes: Uint8Array, at: number, end: number): string {
  return readShortAscii(bytes, at + 1, bytes[at]!) ?? new FieldReader(bytes, at, end).string();
}

/** All metas of the Header in `bytes` from `start` to `end`; other values are only stepped over. */
export function decodeMetas(bytes: Uint8Array, start: number, end: number): Meta[] {
  const reader = new FieldReader(bytes, start, end);
  const metas: Meta[] = [];
  try {
    while (reader.pos < end) {
      if (reader.fieldAt(reader.pos) === HeaderTag.meta) metas.push(metaAt(bytes, reader.valueAt, reader.pos));
    }
  } catch (cause) {
    throw explained(cause);
  }
  return metas;
}

/** The Meta whose length stands at `at` and that ends at `end`. Throws MalformedField. */
export function metaAt(bytes: Uint8Array, at: number, end: number): Meta {
  let key = "";
  let value = "";
  let type: MetaType = MetaType.Int;
  let unknown: UnknownFields | undefined;
  const reader = new FieldReader(bytes, at, end);
  reader.length();
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.fieldAt(start);
    switch (tag) {
      case MetaTag.key:
        key = textAt(bytes, reader.valueAt, end);
        break;
      case MetaTag.value:
        value = textAt(bytes, reader.valueAt, end);
        break;
      case MetaTag.type:
        type = int32At(bytes, reader.valueAt, reader.pos);
        break;
      default:
        unknown ??= new UnknownFields(end - start);
        unknown.take(tag, bytes, reader.valueAt, reader.pos);
    }
  }
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
