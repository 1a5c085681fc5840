import { type Header, type Meta, MetaType } from "./header.js";
import { WireError } from "./wire-error.js";

/** Meta keys of kim, used between its services. */
export const metaKeys = {
  /** The gateway that a packet is for. */
  destServer: "dest.server",
  /** The channels that a push is for. */
  destChannels: "dest.channels",
} as const;

/**
 * The text of a meta, or undefined when there is none; the first entry of a key wins, as in kim. Throws
 * IM_ERR_META_INVALID when the entry is a number (a meta without a type is an int in kim).
 */
export function getMetaString(header: Pick<Header, "meta">, key: string): string | undefined {
  const meta = findMeta(header, key);
  if (meta === undefined) return undefined;
  if (meta.type === MetaType.Int || meta.type === MetaType.Float) throw mismatch(meta, "string");
  return meta.value;
}

/**
 * The integer of a meta, or undefined when there is none; the first entry of a key wins. Throws IM_ERR_META_INVALID
 * when the entry is no int or its text is no integer within ±(2^53 − 1); kim reads such text as 0.
 */
export function getMetaInt(header: Pick<Header, "meta">, key: string): number | undefined {
  const meta = findMeta(header, key);
  if (meta === undefined) return undefined;
  const value = Number(meta.value);
  if (meta.type === MetaType.Int && /^[+-]?\d+$/.test(meta.value) && Number.isSafeInteger(value)) return value;
  throw mismatch(meta, "integer");
}

/**
 * The number of a meta, or undefined when there is none; the first entry of a key wins. An int will do. Throws
 * IM_ERR_META_INVALID when the entry is a string or its text is no finite decimal number; kim reads such text as 0.
 */
export function getMetaFloat(header: Pick<Header, "meta">, key: string): number | undefined {
  const meta = findMeta(header, key);
  if (meta === undefined) return undefined;
  const value = Number(meta.value);
  const isNumber = meta.type === MetaType.Float || meta.type === MetaType.Int;
  if (isNumber && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(meta.value) && Number.isFinite(value)) return value;
  throw mismatch(meta, "number");
}

/**
 * The same packet with one meta of this key, put last; earlier ones of the key are gone. A string becomes a string
 * meta, a safe integer an int, any other number a float. Throws IM_ERR_META_INVALID for NaN and infinities.
 */
export function withMeta<H extends Header>(packet: H, key: string, value: string | number): H {
  return { ...packet, meta: [...others(packet, key), createMeta(key, value)] };
}

/** The same packet without any meta of this key; all others stay in order (kim's DelMeta may take a neighbour along). */
export function withoutMeta<H extends Header>(packet: H, key: string): H {
  return { ...packet, meta: others(packet, key) };
}

/** One meta, typed by its value as {@link withMeta} says; throws IM_ERR_META_INVALID. */
export function createMeta(key: string, value: string | number): Meta {
  return { key, value: String(value), type: typeOf(key, value) };
}

function findMeta(header: Pick<Header, "meta">, key: string): Meta | undefined {
  return header.meta.find((meta) => meta.key === key);
}

function others(header: Header, key: string): readonly Meta[] {
  return header.meta.filter((meta) => meta.key !== key);
}

function typeOf(key: string, value: string | number): MetaType {
  if (typeof value === "string") return MetaType.String;
  if (Number.isSafeInteger(value)) return MetaType.Int;
  if (Number.isFinite(value)) return MetaType.Float;
  throw new WireError(
    "IM_ERR_META_INVALID",
    `The meta "${key}" must be a string or a finite number, not ${String(value)}.`,
  );
}

function mismatch(meta: Meta, wanted: string): WireError {
  return new WireError(
    "IM_ERR_META_INVALID",
    `The meta "${meta.key}" is no ${wanted}: its type is ${meta.type}, its text ${JSON.stringify(meta.value)}. ` +
      "Ask for what the sender wrote, or correct the sender.",
  );
}
