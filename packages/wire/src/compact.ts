export { compactCodec } from "./bodies/compact-codec.js";
export { compactCommandMap } from "./bodies/compact-command-map.js";
export type { CompactFields, CompactInit, CompactKind, CompactMessage } from "./bodies/compact-fields.js";
