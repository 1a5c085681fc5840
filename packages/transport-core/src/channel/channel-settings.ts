import type { InboxLimits } from "../conn/frame-inbox.js";
import type { TransportHooks } from "../contract/transport-hooks.js";
import type { ErrorReporter } from "../error-reporter.js";

/** What the channels of one server have in common. */
export interface ChannelSettings extends InboxLimits {
  readonly readWaitMs: number;
  readonly receiveConcurrency: number;
  readonly writeWaitMs: number;
  readonly maxUnansweredPings: number;
  readonly deliverEmptyMessages: boolean;
  readonly onError: ErrorReporter;
  readonly hooks?: Pick<TransportHooks, "dropped">;
}
