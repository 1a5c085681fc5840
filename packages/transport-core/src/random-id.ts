const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An id that nobody can guess. Node puts its UUIDs together of a dozen strings, and they stay together as such; decoded
 * from bytes, an id takes 56 bytes for as long as its connection lives, not 500.
 */
export function randomId(): string {
  return decoder.decode(encoder.encode(crypto.randomUUID()));
}
