/** Stands for every absent body, payload and buffer. Nothing can be written to it. */
export const EMPTY_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
