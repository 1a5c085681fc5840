import type { AbortOptions, Conn } from "../contract/conn.js";
import { type Frame, OpCode } from "../contract/frame.js";

/** Answers a Ping with its payload (RFC 6455 §5.5.2); a Pong needs no answer. @returns whether the frame was one of them */
export function answerHeartbeat(conn: Pick<Conn, "writeFrame">, opCode: OpCode, payload: Uint8Array): boolean {
  if (opCode !== OpCode.Ping) return opCode === OpCode.Pong;
  try {
    conn.writeFrame(OpCode.Pong, payload);
  } catch {
    // The connection is closing; its end says why.
  }
  return true;
}

/** The next frame that is a message and not empty; heartbeats before it are answered. @throws what `readFrame` throws */
export async function readMessage(conn: Conn, options?: AbortOptions): Promise<Frame> {
  for (;;) {
    const frame = await conn.readFrame(options);
    if (!answerHeartbeat(conn, frame.opCode, frame.payload) && frame.payload.length > 0) return frame;
  }
}
