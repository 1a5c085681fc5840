import { readShortAscii, SHORT_ASCII } from "../protobuf/short-ascii.js";

/** A power of two, so few that they cost nothing. kim's commands meet in none of them. */
const SLOTS = 64;

/** The command that was read last of those that share a slot, and its bytes. No peer can make this grow. */
const texts: string[] = /* @__PURE__ */ Array.from({ length: SLOTS }, () => "");
const encoded: Uint8Array = /* @__PURE__ */ new Uint8Array(SLOTS * SHORT_ASCII);

/**
 * Reads a command as {@link readShortAscii} does. Peers send the same few over and over: comparing is faster than making
 * a string, and the same string is found faster in a Map of handlers, since its hash is known.
 */
export function readShortCommand(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length > SHORT_ASCII) return undefined;
  const last = at + length - 1;
  const slot = (length + 3 * bytes[last]! + 5 * bytes[last - 1]!) % SLOTS;
  const known = texts[slot]!;
  if (known.length === length && isEncodedIn(slot, bytes, at, length)) return known;
  const text = readShortAscii(bytes, at, length);
  if (text !== undefined) {
    texts[slot] = text;
    for (let i = 0; i < length; i++) encoded[slot * SHORT_ASCII + i] = bytes[at + i]!;
  }
  return text;
}

function isEncodedIn(slot: number, bytes: Uint8Array, at: number, length: number): boolean {
  const from = slot * SHORT_ASCII;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== encoded[from + i]) return false;
  return true;
}
