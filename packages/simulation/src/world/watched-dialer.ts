import type { CloseInfo, Dialer } from "@im/transport-core";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import { sleep } from "./sleep.js";

export interface DialEvents {
  /** The connection of an attempt to connect has ended. */
  ended(attempt: string, info: CloseInfo): void;
  /** An attempt was given up before its connection was handed over. */
  givenUp(attempt: string): void;
}

interface Settings {
  /** The attempt that is under way. */
  readonly attempt: () => string;
  /** How long the application keeps a new connection for something of its own. */
  readonly holdMs: number;
}

/** The dialer of an application, around that of a transport. Its connections are watched. */
export function watchedDialer(
  process: SimulatedProcess,
  dialer: Dialer,
  settings: Settings,
  events: DialEvents,
): Dialer {
  return {
    async dialAndHandshake(context) {
      const attempt = settings.attempt();
      const conn = await dialer.dialAndHandshake(context);
      void conn.closed.then((info) => events.ended(attempt, info));
      if (settings.holdMs > 0) await sleep(process, settings.holdMs);
      if (context.signal?.aborted) events.givenUp(attempt);
      return conn;
    },
  };
}
