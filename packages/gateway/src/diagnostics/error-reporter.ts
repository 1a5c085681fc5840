import type { Session } from "../session/session.js";

/** What the gateway was doing when an error occurred that no caller can catch. */
export interface GatewayErrorContext {
  readonly during: "login" | "handle" | "directory" | "bus" | "registry" | "presence" | "hook";
  readonly session?: Session | undefined;
  readonly command?: string | undefined;
}

/** Receives errors that no caller can catch. What it throws itself is ignored. */
export type GatewayErrorReporter = (error: unknown, context: GatewayErrorContext) => unknown;

export const reportToConsole: GatewayErrorReporter = (error, { during, session, command }) => {
  const of = [command && ` of ${command}`, session && ` for channel ${session.channelId}`].filter(Boolean).join("");
  console.error(`@im: error in the gateway during ${during}${of}:`, error);
};
