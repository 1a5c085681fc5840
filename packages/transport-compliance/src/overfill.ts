import { type Conn, OpCode } from "@im/transport-core";
import { turns } from "./deadline.js";
import { numbered } from "./payloads.js";

const KiB = 1024;
const MiB = 1024 * KiB;
const FRAME_BYTES = 256 * KiB;
/** More than the systems of both sides hold between two sockets. */
const TOTAL_BYTES = 24 * MiB;

/** For the side that writes to a peer that does not read: a low mark, and a queue that takes an `overfill`. */
export const overfillable = { highWaterMarkBytes: 64 * KiB, maxQueuedBytes: 64 * MiB };

/**
 * Writes more than the system takes for a peer that does not read.
 *
 * @returns how many frames; they are numbered from 0
 */
export function overfill(writer: Conn): number {
  const count = TOTAL_BYTES / FRAME_BYTES;
  for (let number = 0; number < count; number++) {
    writer.writeFrame(OpCode.Binary, numbered(number, FRAME_BYTES));
    writer.flush();
  }
  return count;
}

const QUIET_TURNS = 20;

/** Lets the system take what it can: resolves when the queue has stood still for some turns. */
export async function settle(writer: Conn): Promise<void> {
  let queuedBytes: number;
  do {
    queuedBytes = writer.queuedBytes;
    await turns(QUIET_TURNS);
  } while (writer.queuedBytes < queuedBytes);
}
