import type { Chat } from "@im/chat";
import type { Identity } from "@im/gateway";
import type { Kernel } from "../kernel/kernel.js";
import type { SimulatedDisk } from "../kernel/simulated-level.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Network } from "../net/network.js";
import type { Product } from "../product/evaluate.js";
import type { GatewayLife } from "./gateway-life.js";
import type { Ledger } from "./ledger.js";
import type { PresenceRecord } from "./presence-record.js";
import type { PushRecord } from "./push-record.js";
import type { SharedPorts } from "./shared-ports.js";
import type { Transport } from "./transports.js";
import type { WorldObserver } from "./world-observer.js";
import type { WorldOptions } from "./world-options.js";

/** `chaos`: faults come; `healing`: none any more; `calm`: all must be well; `ending`: everything is closed. */
export type Phase = "chaos" | "healing" | "calm" | "ending";

/** The chat of a world, as its gateways see it. */
export interface ChatService {
  /** Sets the handlers of the chat on a gateway that is not started. */
  serve(life: GatewayLife, onError: (error: unknown) => void): Chat;
}

/** The world of a gateway or a client, as these see it. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly options: WorldOptions;
  readonly ports: SharedPorts;
  readonly ledger: Ledger;
  readonly pushes: PushRecord;
  readonly presence: PresenceRecord;
  /** Undefined in worlds without one. */
  readonly chat: ChatService | undefined;
  readonly phase: Phase;
  /** Where clients reach the gateways. */
  addresses(transport: Transport): string[];
  /** The product, evaluated for a process on this host. */
  load(process: SimulatedProcess, host: string, disk?: SimulatedDisk): Product;
  /** Accepts every token, `account/device` and more; in some worlds after a delay. */
  authenticate(process: SimulatedProcess, token: string): Promise<Identity<undefined>>;
  /** The connections of a host are gone, and no peer learns of it. */
  powerOff(host: string): void;
  /** Calls all observers. */
  observe(tell: (observer: WorldObserver) => void): void;
}
