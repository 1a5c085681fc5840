import type { SessionRecord } from "../ports/session-directory.js";

/** Somebody who is signed in on one device, as handlers and hooks see it. */
export interface Session<Data = unknown> extends SessionRecord {
  /** What `authenticate` wants to keep; it stays in this process. */
  readonly data: Data;
  /** When the gateway closes it, in milliseconds since 1970, as `authenticate` said; undefined for never. */
  readonly expiresAtMs: number | undefined;
  /** The extensions that both sides know. */
  readonly extensions: ReadonlySet<string>;
}

/** How a session ended. */
export type SessionEnd = "signed out" | "kicked out" | "disconnected";
