/** Stands for every absent body. Nothing can be written to it. */
export const EMPTY_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
