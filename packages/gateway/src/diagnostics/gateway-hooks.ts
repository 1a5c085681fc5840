import type { Address } from "@im/transport-core";
import type { Status } from "@im/wire";
import type { Session, SessionEnd } from "../session/session.js";
import type { DirectoryState } from "./directory-state.js";

/**
 * Callbacks for metrics. Each hook is optional, and one that is not given costs nothing.
 *
 * Hooks are called synchronously, so they should count and return. What one throws is reported to `onError`
 * (`during: "hook"`) and has no other effect.
 */
export interface GatewayHooks {
  /** A sign-in succeeded and the channel is open. Exactly one `ended` follows. */
  signedIn?(session: Session): unknown;
  /** A sign-in was answered with this status. */
  refused?(status: Status, remoteAddress: Address): unknown;
  /** A session has ended. */
  ended?(session: Session, end: SessionEnd): unknown;
  /** A request was answered, `handledMs` milliseconds after it was received. */
  answered?(session: Session, command: string, status: Status, handledMs: number): unknown;
  /** A push of this gateway or of another was delivered to so many channels of this gateway. */
  pushed?(command: string, channels: number): unknown;
  /** The state of the directory has changed, as far as this gateway knows; at first it is `complete`. */
  directoryState?(state: DirectoryState): unknown;
  /** The directory had lost so many sessions of this gateway, which has put them back. */
  restored?(sessions: number): unknown;
}

export const hookNames = [
  "signedIn",
  "refused",
  "ended",
  "answered",
  "pushed",
  "directoryState",
  "restored",
] as const satisfies readonly (keyof GatewayHooks)[];
