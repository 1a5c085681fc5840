import type { Chat } from "@im/chat";
import type { Gateway } from "@im/gateway";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Product } from "../product/evaluate.js";

export type AnyGateway = Gateway<Record<never, never>, undefined>;

/** What the hooks of its servers have counted together. */
export interface ServerCounts {
  accepted: number;
  refusedAfterAccept: number;
  opened: number;
  closed: number;
  dropped: number;
}

/** One life of a gateway: a process from its start to its end. */
export interface GatewayLife {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly product: Product;
  readonly gateway: AnyGateway;
  /** Undefined in worlds without hooks. */
  readonly counts: ServerCounts | undefined;
  /** Codes of the errors that were reported to `onError`. */
  readonly errors: string[];
  /** In worlds with a chat. */
  chat?: Chat | undefined;
  hasShutDown: boolean;
  /** Whether it has shut down while its ports could be reached. */
  hasLeft: boolean;
  /** Whether it could not reach the directory when it had shut down: its sessions are gone from there with its lease. */
  wasCutOff: boolean;
}
