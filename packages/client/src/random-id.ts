/** 128 random bits as text. `crypto.randomUUID` would do, but pages without TLS do not have it. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(16).padStart(8, "0")).join("");
}
