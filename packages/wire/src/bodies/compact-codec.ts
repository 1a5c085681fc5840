import type { BodyCodec } from "./command-map.js";
import type { CompactFields, CompactInit, CompactMessage } from "./compact-fields.js";
import { compactTable } from "./compact-kinds.js";
import { tableCodec } from "./table-codec.js";

/**
 * The codec of a protobuf message without generated code: the same bytes and the same values as `messageCodec` gives, but
 * fields that are not known are dropped. Both throw IM_ERR_BODY_INVALID, `decode` IM_ERR_WIRE_ARGUMENT for what is no
 * Uint8Array. Fields may hold themselves, in brackets. Throws IM_ERR_WIRE_ARGUMENT for fields that no message could have.
 *
 * @param messageName of the error messages
 */
export function compactCodec<const Fields extends CompactFields>(
  messageName: string,
  fields: Fields,
): BodyCodec<CompactMessage<Fields>, CompactInit<Fields>> {
  return tableCodec(messageName, compactTable(messageName, fields));
}
