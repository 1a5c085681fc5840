/** Defaults of the options that only this transport has. */
export const wsDefaults = Object.freeze({
  /** Bytes of an upgrade request's head. */
  maxHeaderBytes: 16 * 1024,
  /** Fragments of one message. */
  maxFragments: 1_024,
});
