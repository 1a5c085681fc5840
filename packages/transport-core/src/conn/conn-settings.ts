import type { Conn } from "../contract/conn.js";
import type { DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { CloseInfo } from "../errors.js";
import type { ReceivedTotal } from "../limits/received-total.js";
import type { InboxLimits } from "./frame-inbox.js";
import type { Overflow } from "./overflow.js";

/** What the connections of one server, or of one dialer, have in common. */
export interface ConnSettings extends InboxLimits {
  readonly maxPayloadBytes: number;
  readonly writeWaitMs: number;
  readonly closeWaitMs: number;
  readonly highWaterMarkBytes: number;
  readonly maxQueuedBytes: number;
  readonly deadlines: DeadlineWheel;
  /** Of a server: counts what waits in all queues. Without it a full queue closes its connection. */
  readonly overflow?: Overflow | undefined;
  /** Of a server: counts what all its connections have received and hold. */
  readonly receivedTotal?: ReceivedTotal | undefined;
  /** Called when a connection has ended; one function for all of them. */
  readonly ended?: (conn: Conn, info: CloseInfo) => void;
}
