import { fieldEnd, tagAt, textAt } from "../protobuf/fields.js";
import { SHORT_ASCII } from "../protobuf/short-ascii.js";
import { headerError } from "./header-error.js";
import { HeaderTag } from "./header-tags.js";

/** A power of two, so few that they cost nothing. No two commands of kim share one. */
const SLOTS = 64;

/** For each slot the command that was read last, and its bytes. No peer can make this grow. */
const texts: string[] = /* @__PURE__ */ Array.from({ length: SLOTS }, () => "");
const encoded: Uint8Array = /* @__PURE__ */ new Uint8Array(SLOTS * SHORT_ASCII);

/** The command of the Header in `bytes` from `start` to `end`, and no other value. Throws IM_ERR_HEADER_INVALID. */
export function readCommand(bytes: Uint8Array, start: number, end: number): string {
  let last = 0;
  try {
    for (let at = start; at < end; ) {
      const next = fieldEnd(bytes, at, end);
      if (tagAt(bytes, at) === HeaderTag.command) last = at;
      at = next;
    }
    return last === 0 ? "" : commandAt(bytes, last);
  } catch (cause) {
    throw headerError(cause);
  }
}

/**
 * As {@link textAt}, of a command. Peers send the same few over and over: comparing bytes is faster than making a string,
 * and the same string is found faster in a Map of handlers, since its hash is known.
 */
export function commandAt(bytes: Uint8Array, at: number): string {
  const length = bytes[at + 1]!;
  if (bytes[at] !== HeaderTag.command || length > SHORT_ASCII) return textAt(bytes, at);
  const last = at + 1 + length;
  const slot = (length + 3 * bytes[last]! + 5 * bytes[last - 1]!) % SLOTS;
  const known = texts[slot]!;
  return known.length === length && isEncodedIn(slot, bytes, at + 2, length) ? known : readNew(slot, bytes, at);
}

/** Reads a command of at most {@link SHORT_ASCII} bytes and remembers it, if it is ASCII. */
function readNew(slot: number, bytes: Uint8Array, at: number): string {
  const length = bytes[at + 1]!;
  const text = textAt(bytes, at);
  if (text.length === length) {
    texts[slot] = text;
    encoded.set(bytes.subarray(at + 2, at + 2 + length), slot * SHORT_ASCII);
  }
  return text;
}

function isEncodedIn(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
  const from = slot * SHORT_ASCII;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== encoded[from + i]) return false;
  return true;
}
