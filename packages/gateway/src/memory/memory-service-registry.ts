import type { AbortOptions, ServiceRegistration } from "@im/transport-core";
import { startTimer } from "@im/transport-core/internal";
import type { RegisteredService, RegisterOptions, ServiceQuery, ServiceRegistry } from "../ports/service-registry.js";
import { matchesQuery, registeredService } from "../services/registered-service.js";

type ServiceKey = Pick<ServiceRegistration, "namespace" | "serviceName" | "serviceId">;

interface Entry {
  readonly service: RegisteredService;
  readonly endsAtMs: number;
  /** Ends the lease. */
  readonly timer: ReturnType<typeof startTimer>;
}

interface Watcher {
  readonly query: ServiceQuery;
  readonly changed: (services: readonly RegisteredService[]) => void;
}

/** The registry of the services of one process: each call has taken effect when it returns. */
export class MemoryServiceRegistry implements ServiceRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #watchers = new Set<Watcher>();

  register(service: ServiceRegistration, { leaseMs, isDraining }: RegisterOptions): void {
    const key = keyOf(service);
    const before = this.#entries.get(key);
    clearTimeout(before?.timer);
    const timer = startTimer(() => this.deregister(service), leaseMs);
    // A lease alone keeps no process alive.
    (timer as { unref?(): void } | undefined)?.unref?.();
    const now = registeredService(service, isDraining);
    this.#entries.set(key, { service: now, endsAtMs: performance.now() + leaseMs, timer });
    this.#notify(before?.service, now);
  }

  deregister(service: ServiceKey): void {
    const key = keyOf(service);
    const before = this.#entries.get(key);
    clearTimeout(before?.timer);
    this.#entries.delete(key);
    this.#notify(before?.service, undefined);
  }

  find(query: ServiceQuery): readonly RegisteredService[] {
    const nowMs = performance.now();
    const found: RegisteredService[] = [];
    for (const { service, endsAtMs } of this.#entries.values()) {
      if (nowMs < endsAtMs && matchesQuery(service, query)) found.push(service);
    }
    return found;
  }

  watch(query: ServiceQuery, changed: Watcher["changed"], { signal }: AbortOptions = {}): () => void {
    signal?.throwIfAborted();
    const watcher = { query: { ...query }, changed };
    const end = () => {
      this.#watchers.delete(watcher);
      signal?.removeEventListener("abort", end);
    };
    signal?.addEventListener("abort", end);
    this.#watchers.add(watcher);
    changed(this.find(query));
    return end;
  }

  #notify(before: RegisteredService | undefined, now: RegisteredService | undefined): void {
    if (isSame(before, now)) return;
    const finds = ({ query }: Watcher) => [before, now].some((service) => service && matchesQuery(service, query));
    for (const watcher of this.#watchers) if (finds(watcher)) watcher.changed(this.find(watcher.query));
  }
}

function keyOf({ namespace, serviceName, serviceId }: ServiceKey): string {
  return JSON.stringify([namespace, serviceName, serviceId]);
}

/** The copies list their members in one order. */
function isSame(before: RegisteredService | undefined, now: RegisteredService | undefined): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}
