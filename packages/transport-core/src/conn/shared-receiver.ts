import type { FrameReceiver } from "../contract/conn.js";
import type { OpCode } from "../contract/frame.js";
import type { CloseInfo } from "../errors.js";

/** A {@link FrameReceiver} for many connections; each call says which target the connection belongs to. */
export interface SharedReceiver<Target> {
  frame(target: Target, opCode: OpCode, payload: Uint8Array): void;
  closing(target: Target, info: CloseInfo): void;
  end(target: Target, info: CloseInfo): void;
}

/** Passes everything on to a receiver of one connection. */
export const toReceiver: SharedReceiver<FrameReceiver> = {
  frame: (receiver, opCode, payload) => receiver.frame(opCode, payload),
  closing: (receiver, info) => receiver.closing?.(info),
  end: (receiver, info) => receiver.end(info),
};
