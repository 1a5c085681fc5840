import type { CloseInfo } from "../contract/close-info.js";
import type { Conn } from "../contract/conn.js";
import type { InboxLimits } from "./frame-inbox.js";
import type { OverflowSettings } from "./overflow-policy.js";

/** What the connections of one server, or of one dialer, have in common. */
export interface ConnSettings extends InboxLimits, OverflowSettings {
  readonly maxPayloadBytes: number;
  /** Told when a connection has ended; one function for all of them. */
  readonly ended?: (conn: Conn, info: CloseInfo) => void;
}
