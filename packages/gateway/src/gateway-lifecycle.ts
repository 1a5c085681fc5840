import type { AbortOptions, ShutdownOptions, ShutdownReport } from "@im/transport-core";
import { GatewayError } from "./gateway-error.js";
import type { GatewaySettings } from "./gateway-options.js";
import type { MaybePromise } from "./ports/maybe-promise.js";
import type { BusMessage } from "./ports/push-bus.js";
import { withTimeout } from "./ports/with-timeout.js";
import type { Lease } from "./session/lease.js";

type State = "new" | "starting" | "started" | "shut down";

/** Starts and shuts down what a gateway runs on, each once: its place on the bus, its lease and its servers. */
export class GatewayLifecycle {
  readonly #settings: GatewaySettings;
  readonly #lease: Lease;
  readonly #receive: (message: BusMessage) => void;
  #state: State = "new";
  /** Settles, and never rejects, when the start is over. */
  #startSettled: Promise<void> = Promise.resolve();
  #leaveBus: () => MaybePromise<void> = () => {};
  #shutdown: Promise<ShutdownReport> | undefined;

  /** @param receive takes what the bus brings */
  constructor(settings: GatewaySettings, lease: Lease, receive: (message: BusMessage) => void) {
    this.#settings = settings;
    this.#lease = lease;
    this.#receive = receive;
  }

  /** @throws `IM_ERR_GATEWAY_STATE` once it was started or shut down */
  checkNew(call: string): void {
    if (this.#state === "new") return;
    throw new GatewayError("IM_ERR_GATEWAY_STATE", `${call} comes too late: the gateway is ${this.#state}`);
  }

  /** @throws `IM_ERR_GATEWAY_STATE` at once, and what rejects of servers and ports */
  start(options: AbortOptions): Promise<void> {
    this.checkNew("start");
    this.#state = "starting";
    const start = this.#start(options);
    this.#startSettled = start.catch(() => {});
    return start;
  }

  async #start(options: AbortOptions): Promise<void> {
    const { servers } = this.#settings;
    try {
      this.#leaveBus = await this.#joinBus();
      this.#checkNotShutDown();
      await this.#lease.begin();
      this.#checkNotShutDown();
      await Promise.all(servers.map((server) => server.start(options)));
    } catch (error) {
      // It waits for this start to settle before it leaves bus and directory.
      this.#shutdown ??= this.#end({});
      await Promise.all(servers.map((server) => server.shutdown()));
      throw error;
    }
    if (this.#state === "starting") this.#state = "started";
  }

  /** A bus that takes too long may have taken this gateway, or may do so later: then it is left again. */
  async #joinBus(): Promise<() => MaybePromise<void>> {
    const { bus, gatewayId, portTimeoutMs, report } = this.#settings;
    const joining = bus.subscribe(gatewayId, this.#receive);
    try {
      return await withTimeout(joining, portTimeoutMs, "bus.subscribe");
    } catch (error) {
      const failed = (cause: unknown) => (cause === error ? undefined : report(cause, { during: "bus" }));
      Promise.resolve(joining)
        .then((leave) => leave())
        .catch(failed);
      throw error;
    }
  }

  #checkNotShutDown(): void {
    if (this.#state !== "shut down") return;
    throw new GatewayError("IM_ERR_GATEWAY_STATE", "the gateway was shut down while it was starting");
  }

  /** Later calls join the first; their signals cut as well. */
  shutdown({ signal, connectionsPerSecond }: ShutdownOptions): Promise<ShutdownReport> {
    if (this.#shutdown) for (const server of this.#settings.servers) void server.shutdown({ signal });
    this.#shutdown ??= this.#end({ signal, connectionsPerSecond });
    return this.#shutdown;
  }

  async #end({ signal, connectionsPerSecond }: ShutdownOptions): Promise<ShutdownReport> {
    this.#state = "shut down";
    const { servers, portTimeoutMs } = this.#settings;
    const share = connectionsPerSecond && connectionsPerSecond / servers.length;
    const options = { signal, connectionsPerSecond: share };
    const reports = await Promise.all(servers.map((server) => server.shutdown(options)));
    await this.#startSettled;
    await this.#attempt("bus", () => withTimeout(this.#leaveBus(), portTimeoutMs, "leaving the bus"));
    await this.#attempt("directory", () => this.#lease.end());
    const sum = (count: (report: ShutdownReport) => number) => reports.reduce((total, one) => total + count(one), 0);
    return { clean: sum(({ clean }) => clean), cut: sum(({ cut }) => cut) };
  }

  /** What fails is reported: the shutdown goes on. */
  async #attempt(during: "bus" | "directory", call: () => MaybePromise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.#settings.report(error, { during });
    }
  }
}
