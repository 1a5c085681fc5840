import { fieldEnd, tagAt, textAt, valueStart } from "../protobuf/fields.js";
import { readShortAscii, SHORT_ASCII } from "../protobuf/short-ascii.js";
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
    for (let at = start, next: number; at < end; at = next) {
      next = fieldEnd(bytes, at, end);
      if (tagAt(bytes, at) === HeaderTag.command) last = at;
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
  const start = valueStart(bytes, at) + 1;
  const length = bytes[start - 1]!;
  if (length > SHORT_ASCII) return textAt(bytes, at);
  const last = start + length - 1;
  const slot = (length + 3 * bytes[last]! + 5 * bytes[last - 1]!) % SLOTS;
  const known = texts[slot]!;
  if (known.length === length && isEncodedIn(slot, bytes, start, length)) return known;
  const text = readShortAscii(bytes, start, length);
  if (text === undefined) return textAt(bytes, at);
  texts[slot] = text;
  for (let i = 0; i < length; i++) encoded[slot * SHORT_ASCII + i] = bytes[start + i]!;
  return text;
}

function isEncodedIn(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
  const from = slot * SHORT_ASCII;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== encoded[from + i]) return false;
  return true;
}
