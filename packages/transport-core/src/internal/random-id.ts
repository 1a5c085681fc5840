/** Characters that need no escapes in addresses. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
const LENGTH = 22;
const POOL_BYTES = 128 * LENGTH;

const codes = /* @__PURE__ */ Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const pool = /* @__PURE__ */ new Uint8Array(POOL_BYTES);
const id = /* @__PURE__ */ new Uint8Array(LENGTH);
const decoder = /* @__PURE__ */ new TextDecoder();
let used = POOL_BYTES;

/**
 * An id of 132 random bits, which cannot be guessed. A UUID would be as good, but Node makes it by concatenation: it stays a
 * tree of a dozen strings, half a kilobyte for as long as its connection lives.
 */
export function randomId(): string {
  if (used === POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
    for (let i = 0; i < POOL_BYTES; i++) pool[i] = codes[pool[i]! & 63]!;
  }
  for (let i = 0; i < LENGTH; i++) id[i] = pool[used++]!;
  return decoder.decode(id);
}
