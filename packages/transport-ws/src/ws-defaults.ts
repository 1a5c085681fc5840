/** What the options of this transport alone are when they are not given. */
export const wsDefaults = Object.freeze({
  /** Bytes of an upgrade request's head. */
  maxHeaderBytes: 16 * 1024,
  /** Fragments of one message. */
  maxFragments: 1_024,
});
