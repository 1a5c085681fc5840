import { type Meta, MetaType } from "../packet/header.js";
import { contentStart, fieldEnd, int32At, tagAt, textAt } from "../protobuf/fields.js";
import { UnknownFields } from "../protobuf/unknown-fields.js";
import { headerError } from "./header-error.js";
import { HeaderTag, MetaTag } from "./header-tags.js";

/** All metas of the Header in `bytes` from `start` to `end`. Throws IM_ERR_HEADER_INVALID. */
export function readMetas(bytes: Uint8Array, start: number, end: number): Meta[] {
  const metas: Meta[] = [];
  try {
    for (let at = start; at < end; ) {
      const next = fieldEnd(bytes, at, end);
      if (tagAt(bytes, at) === HeaderTag.meta) metas.push(readMeta(bytes, at, next));
      at = next;
    }
  } catch (cause) {
    throw headerError(cause);
  }
  return metas;
}

/** Reads the Meta in the field that begins at `metaAt` and ends at `end`. Throws MalformedField. */
export function readMeta(bytes: Uint8Array, metaAt: number, end: number): Meta {
  let key = "";
  let value = "";
  let type: MetaType = MetaType.Int;
  let unknown: UnknownFields | undefined;
  for (let at = contentStart(bytes, metaAt); at < end; ) {
    const next = fieldEnd(bytes, at, end);
    switch (tagAt(bytes, at)) {
      case MetaTag.key:
        key = textAt(bytes, at);
        break;
      case MetaTag.value:
        value = textAt(bytes, at);
        break;
      case MetaTag.type:
        type = int32At(bytes, at);
        break;
      default:
        unknown ??= new UnknownFields(end - at);
        unknown.take(bytes, at, next);
    }
    at = next;
  }
  return unknown === undefined ? { key, value, type } : { key, value, type, unknownFields: unknown.toBytes() };
}

/** The same, but only the key. */
export function readMetaKey(bytes: Uint8Array, metaAt: number, end: number): string {
  let key = "";
  for (let at = contentStart(bytes, metaAt); at < end; ) {
    const next = fieldEnd(bytes, at, end);
    if (tagAt(bytes, at) === MetaTag.key) key = textAt(bytes, at);
    at = next;
  }
  return key;
}
