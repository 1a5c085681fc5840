export { compactCodec } from "./compact-codec.js";
export { compactCommandMap } from "./compact-command-map.js";
export type { CompactFields, CompactInit, CompactKind, CompactMessage } from "./compact-fields.js";
