import type { ImClient } from "@im/client";
import type { SimulatedProcess } from "../kernel/simulated-process.js";

/** An application with its client, as others see it. */
export interface ClientView {
  readonly name: string;
  readonly host: string;
  readonly account: string;
  readonly device: string;
  readonly process: SimulatedProcess;
  readonly client: ImClient;
  /** Whether the application has asked to be online and not to be offline since. */
  readonly wantsOnline: boolean;
  /** Codes of the errors that were reported to `onError`. */
  readonly errors: readonly string[];
}
