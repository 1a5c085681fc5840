import { explained } from "../../header/header-values.js";
import type { Header } from "../../header.js";
import type { LogicPkt } from "../../logic-pkt.js";
import { FieldReader } from "../../protobuf/field-reader.js";
import { headerTable, readKeeping } from "./header-table.js";

/** As the one of ../fast. */
export function decodeHeader(bytes: Uint8Array, start: number, end: number, body: Uint8Array): LogicPkt {
  try {
    return { kind: "logic", ...readKeeping<Header>(headerTable, new FieldReader(bytes, start, end)), body };
  } catch (cause) {
    throw explained(cause);
  }
}
