import { ConnHandle } from "../conn/conn-handle.js";
import type { SharedReceiver } from "../conn/shared-receiver.js";
import type { Conn } from "../contract/conn.js";
import type { OpCode } from "../contract/frame.js";
import type { Received } from "../limits/received-total.js";

/** What a channel needs of its connection besides the contract. */
export interface ChannelConn extends Conn {
  /** How often the system has taken all that was flushed, as far as the connection can tell. */
  flushesSeen(): number;
  /** Counts what was received and waits, if that has a total. */
  readonly received: Received | undefined;
  /** @param encoded the frame, if the transport has encoded it already, to be shared with other connections */
  writeFrame(opCode: OpCode, payload: Uint8Array, encoded?: Uint8Array): boolean;
  /** Like `readFrames`, for a receiver of many connections. */
  readFramesFor<Target>(target: Target, receiver: SharedReceiver<Target>): void;
}

/** A ChannelConn over any Conn, such as one that the application has wrapped. */
export class AdaptedConn extends ConnHandle implements ChannelConn {
  readonly received = undefined;
  #flushesSeen = 0;

  /** The contract does not tell, so each call that finds nothing waiting counts as one. */
  flushesSeen(): number {
    if (this.queuedBytes === 0) this.#flushesSeen++;
    return this.#flushesSeen;
  }

  readFramesFor<Target>(target: Target, receiver: SharedReceiver<Target>): void {
    this.readFrames({
      frame: (opCode, payload) => receiver.frame(target, opCode, payload),
      closing: (info) => receiver.closing(target, info),
      end: (info) => receiver.end(target, info),
    });
  }
}
