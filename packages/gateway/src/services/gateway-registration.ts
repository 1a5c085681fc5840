import type { Server } from "@im/transport-core";
import { startTimer } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import type { ServiceRegistry } from "../ports/service-registry.js";
import { withTimeout } from "../ports/with-timeout.js";

/** A call that failed is repeated with the next renewal, so the leases are renewed at least this often. */
const MAX_RENEWAL_WAIT_MS = 10_000;

type Settings = Pick<GatewaySettings, "servers" | "registryLeaseMs" | "portTimeoutMs" | "report">;

/**
 * Keeps the servers of a gateway registered while they run. No call rejects: what the registry cannot do is reported, and done
 * with a later renewal.
 */
export class GatewayRegistration {
  readonly #registry: ServiceRegistry;
  readonly #settings: Settings;
  #state: "new" | "registered" | "draining" | "over" = "new";
  #timer: ReturnType<typeof startTimer>;

  constructor(registry: ServiceRegistry, settings: Settings) {
    this.#registry = registry;
    this.#settings = settings;
  }

  /** Registers the servers, which have started. Does nothing after `drain`. */
  async begin(): Promise<void> {
    if (this.#state !== "new") return;
    this.#state = "registered";
    await this.#renew();
  }

  /**
   * Makes the registry hand out these servers no more.
   *
   * @param signal ends the wait for the registry
   */
  async drain(signal: AbortSignal | undefined): Promise<void> {
    const isRegistered = this.#state === "registered";
    this.#state = isRegistered ? "draining" : "over";
    if (isRegistered) await untilAborted(this.#renew(), signal);
  }

  /** Removes the servers from the registry. */
  async end(): Promise<void> {
    if (this.#state === "over") return;
    this.#state = "over";
    clearTimeout(this.#timer);
    await this.#forEach("registry.deregister", (server) => this.#registry.deregister(server));
  }

  async #renew(): Promise<void> {
    const { registryLeaseMs: leaseMs } = this.#settings;
    const isDraining = this.#state === "draining";
    await this.#forEach("registry.register", (server) => this.#registry.register(server, { leaseMs, isDraining }));
    if (this.#state === "over") return;
    clearTimeout(this.#timer);
    this.#timer = startTimer(() => void this.#renew(), Math.min(leaseMs / 3, MAX_RENEWAL_WAIT_MS));
  }

  async #forEach(call: string, run: (server: Server) => MaybePromise<void>): Promise<void> {
    const { servers, portTimeoutMs, report } = this.#settings;
    const runs = servers.map(async (server) => {
      try {
        await withTimeout(run(server), portTimeoutMs, call);
      } catch (error) {
        report(error, { during: "registry" });
      }
    });
    await Promise.all(runs);
  }
}

/** Resolves when the work is done, or the signal aborts. */
function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal?.removeEventListener("abort", done);
      resolve();
    };
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
    else void work.then(done);
  });
}
