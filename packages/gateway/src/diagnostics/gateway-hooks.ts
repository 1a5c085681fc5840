import type { Address } from "@im/transport-core";
import type { Status } from "@im/wire";
import type { Session, SessionEnd } from "../session/session.js";

/**
 * What a gateway tells those who count and measure. Each hook is optional, and one that is not given costs nothing.
 *
 * Hooks are called synchronously, in the middle of the work: they count and return. What one throws is reported to
 * `onError` (`during: "hook"`) and harms nobody.
 */
export interface GatewayHooks {
  /** A sign-in succeeded and the channel is open. Exactly one `ended` follows. */
  signedIn?(session: Session): void;
  /** A sign-in was answered with this status. */
  refused?(status: Status, remoteAddress: Address): void;
  /** A session is over, and its place in the directory is given back or another's. */
  ended?(session: Session, end: SessionEnd): void;
  /** A request was answered, `handledMs` after it came. */
  answered?(session: Session, command: string, status: Status, handledMs: number): void;
  /** A push, from here or from another gateway, was handed to so many channels of this gateway. */
  pushed?(command: string, channels: number): void;
}

export const hookNames = [
  "signedIn",
  "refused",
  "ended",
  "answered",
  "pushed",
] as const satisfies readonly (keyof GatewayHooks)[];
