import type { Header, Meta } from "../../header.js";
import { UnfitValue } from "../../protobuf/field-kind.js";
import type { FieldWriter } from "../../protobuf/field-writer.js";
import { WireError } from "../../wire-error.js";
import { headerTable, writeKeeping } from "./header-table.js";

/** As the one of ../fast. */
export function writeHeader(header: Header, writer: FieldWriter): void {
  try {
    writeKeeping(headerTable, header, writer);
  } catch (cause) {
    // A getter of the application may throw anything.
    if (!(cause instanceof UnfitValue)) throw cause;
    throw new WireError("IM_ERR_PACKET_INVALID", `The packet's ${cause.message}.`, { cause });
  }
}

/** As the one of ../fast. */
export function writeMeta(writer: FieldWriter, meta: Meta): void {
  writeHeader({ ...noHeader, meta: [meta] }, writer);
}

/** As the one of ../fast. */
export function writeChannelId(writer: FieldWriter, channelId: string): void {
  writeHeader({ ...noHeader, channelId }, writer);
}

/** Nothing is written of it. */
const noHeader: Header = { command: "", channelId: "", sequence: 0, flag: 0, status: 0, dest: "", meta: [] };
