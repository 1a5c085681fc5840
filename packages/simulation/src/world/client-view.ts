import type { ImClient } from "@im/client";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { ClientPlatform } from "./client-platform.js";

/** An application with its client, as others see it. */
export interface ClientView {
  readonly name: string;
  readonly host: string;
  readonly account: string;
  readonly device: string;
  /** Of the application. */
  readonly process: SimulatedProcess;
  readonly platform: ClientPlatform;
  readonly client: ImClient;
  /** The token of the last attempt to connect; each has its own. */
  readonly attempt: string;
  /** Whether the application has asked to be online and not to be offline since. */
  readonly wantsOnline: boolean;
  /** Codes of the errors that were reported to `onError`. */
  readonly errors: readonly string[];
}
