import type { ImClient } from "@im/client";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { ClientPlatform } from "./client-platform.js";

/** An application with its client, as invariants and faults see it. */
export abstract class ClientRecord {
  readonly name: string;
  readonly host: string;
  readonly account: string;
  readonly device: string;
  /** Of the application. */
  readonly process: SimulatedProcess;
  readonly platform: ClientPlatform;
  abstract readonly client: ImClient;
  /** The token of the last attempt to connect; each has its own. */
  attempt = "";
  /** Whether the application has asked to be online and not to be offline since. */
  wantsOnline = false;
  /** Codes of the errors that were reported to `onError`. */
  readonly errors: string[] = [];

  /** @param identity its account and device, as `account/device` */
  constructor(platform: ClientPlatform, host: string, identity: string) {
    this.platform = platform;
    this.process = platform.process;
    this.name = platform.process.name;
    this.host = host;
    [this.account, this.device] = identity.split("/") as [string, string];
  }
}
