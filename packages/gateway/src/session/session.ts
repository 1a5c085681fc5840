import type { SessionRecord } from "../ports/session-directory.js";

/** An account that is signed in on one device, as handlers and hooks see it. */
export interface Session<Data = unknown> extends SessionRecord {
  /** The `data` that `authenticate` returned; it stays in this process. */
  readonly data: Data;
  /** When the gateway closes it, in milliseconds since 1970, as `authenticate` said; undefined for never. */
  readonly expiresAtMs: number | undefined;
  /** The extensions that the client named and the gateway confirmed. */
  readonly extensions: ReadonlySet<string>;
}

/** How a session ended. */
export type SessionEnd = "signed out" | "kicked out" | "disconnected";
