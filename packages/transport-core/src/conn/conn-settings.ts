import type { Conn } from "../contract/conn.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { CloseInfo, TransportError } from "../errors.js";
import type { ReceivedTotal } from "../limits/received-total.js";
import type { ConnDriver } from "./conn-driver.js";
import type { InboxLimits } from "./frame-inbox.js";
import type { WriteLimits, WriteQueue } from "./write-queue.js";

/** What the connections of one server, or of one dialer, have in common. */
export interface ConnSettings extends InboxLimits, WriteLimits {
  readonly maxPayloadBytes: number;
  readonly closeWaitMs: number;
  readonly deadlines: DeadlineWheel;
  /** @default a queue that, when it is full, closes the connection */
  readonly createWriteQueue?: CreateWriteQueue | undefined;
  /** Of a server: counts what has come to all its connections and waits. */
  readonly receivedTotal?: ReceivedTotal | undefined;
  /** Told when a connection has ended; one function for all of them. */
  readonly ended?: (conn: Conn, info: CloseInfo) => void;
}

/** The connection of a queue, whose deadlines the queue moves. */
export interface QueueOwner extends Deadlined {
  /** Says Close as far as the system takes it at once, and closes the socket without waiting for the peer. */
  cut(code: number, reason: string, error: TransportError): Error;
}

export type CreateWriteQueue = (driver: ConnDriver, settings: ConnSettings, owner: QueueOwner) => WriteQueue;
