import type { AbortOptions, ShutdownOptions, ShutdownReport } from "@im/transport-core";
import { GatewayError } from "./gateway-error.js";
import type { GatewaySettings } from "./gateway-options.js";
import type { MaybePromise } from "./ports/maybe-promise.js";
import type { BusMessage } from "./ports/push-bus.js";
import { withTimeout } from "./ports/with-timeout.js";
import { GatewayRegistration } from "./services/gateway-registration.js";
import type { Lease } from "./session/lease.js";

/** As `PushBus.subscribe` has it. */
export interface BusListener {
  readonly receive: (message: BusMessage) => void;
  readonly missed: (lastMs: number) => void;
}

type State = "new" | "starting" | "started" | "shut down";

/** Starts and shuts down what a gateway runs on, each once: its place on the bus, its lease and its servers. */
export class GatewayLifecycle {
  readonly #settings: GatewaySettings;
  readonly #lease: Lease;
  readonly #bus: BusListener;
  /** Only with a registry. */
  readonly #registration: GatewayRegistration | undefined;
  /** Resolves when the registry hands out the servers no more, or the wait for it is over. */
  #draining: Promise<void> | undefined;
  #state: State = "new";
  /** Settles, and never rejects, when the start is over. */
  #startSettled: Promise<void> = Promise.resolve();
  #leaveBus: () => MaybePromise<void> = () => {};
  #shutdown: Promise<ShutdownReport> | undefined;

  constructor(settings: GatewaySettings, lease: Lease, bus: BusListener) {
    this.#settings = settings;
    this.#lease = lease;
    this.#bus = bus;
    const { registry } = settings;
    this.#registration = registry && new GatewayRegistration(registry, settings);
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
    if (this.#registration) await this.#registration.begin();
    if (this.#state === "starting") this.#state = "started";
  }

  /** A bus that takes too long may have taken this gateway, or may do so later: then it is left again. */
  async #joinBus(): Promise<() => MaybePromise<void>> {
    const { bus, gatewayId, portTimeoutMs, report } = this.#settings;
    const { receive, missed } = this.#bus;
    const joining = bus.subscribe(gatewayId, receive, missed);
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
  shutdown(options: ShutdownOptions): Promise<ShutdownReport> {
    if (this.#shutdown) this.#cut(options.signal);
    this.#shutdown ??= this.#end(options);
    return this.#shutdown;
  }

  /** Not before the first call has told the servers its rate. */
  #cut(signal: AbortSignal | undefined): void {
    const cut = () => {
      for (const server of this.#settings.servers) void server.shutdown({ signal });
    };
    if (this.#draining) void this.#draining.then(cut);
    else cut();
  }

  async #end({ connectionsPerSecond, ...others }: ShutdownOptions): Promise<ShutdownReport> {
    this.#state = "shut down";
    const { servers, portTimeoutMs } = this.#settings;
    if (this.#registration) {
      this.#draining = this.#registration.drain(others.signal);
      await this.#draining;
    }
    const share = connectionsPerSecond && connectionsPerSecond / servers.length;
    const options = { ...others, connectionsPerSecond: share };
    const reports = await Promise.all(servers.map((server) => server.shutdown(options)));
    await this.#startSettled;
    if (this.#registration) await this.#registration.end();
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
