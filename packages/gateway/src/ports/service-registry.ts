import type { AbortOptions, ServiceRegistration } from "@im/transport-core";
import type { MaybePromise } from "./maybe-promise.js";

/** A service as a registry hands it out: plain data that may be stored as JSON. Any text is allowed in any string. */
export interface RegisteredService extends ServiceRegistration {
  /** It ends its connections and wants no new ones. */
  readonly isDraining: boolean;
}

/** How a service registers. */
export interface RegisterOptions {
  /** After so many milliseconds without another call of `register` the service is no longer found. */
  readonly leaseMs: number;
  /** As in {@link RegisteredService}. @default false */
  readonly isDraining?: boolean | undefined;
}

/** Which services to find. A service must match all that is given. */
export interface ServiceQuery {
  readonly serviceName: string;
  /** @default the empty namespace */
  readonly namespace?: string | undefined;
  /** Such as `websocket`. @default any */
  readonly protocol?: string | undefined;
  /** The service has all of these tags, and perhaps others. */
  readonly tags?: readonly string[] | undefined;
  /** The service has all of these keys with these values, and perhaps others. */
  readonly meta?: Readonly<Record<string, string>> | undefined;
  /** Whether services that are draining are found too. @default false */
  readonly includesDraining?: boolean | undefined;
}

/** Ends a watch; its callback is not called any more. */
export type EndWatch = () => MaybePromise<void>;

/**
 * Registers services and finds them, for all processes that share it. Namespace, name and id together name a service. The calls
 * of one caller take effect in the order in which they are made. `describeServiceRegistry` in `@im/gateway/contract-suites`
 * tests these rules.
 */
export interface ServiceRegistry {
  /**
   * Registers the service in place of what was registered as it before, or renews its lease. The registry copies the members of
   * `ServiceRegistration`, so a `Server` that has started may be given.
   */
  register(service: ServiceRegistration, options: RegisterOptions): MaybePromise<void>;
  /** Removes the service, if it is registered. */
  deregister(service: Pick<ServiceRegistration, "namespace" | "serviceName" | "serviceId">): MaybePromise<void>;
  /** The services that match, in no particular order. */
  find(query: ServiceQuery): MaybePromise<readonly RegisteredService[]>;
  /**
   * Calls `changed`, which does not throw, with all services that match: once before this resolves, and again when they change. A
   * lease that ends is a change; one that is renewed is none. Changes that follow each other quickly may come as one. The last
   * call always has the present state, even if the registry could not be reached for some time.
   *
   * @param options `signal` ends the watch
   * @returns a function that ends the watch
   * @throws the reason of a signal that was aborted before
   */
  watch(
    query: ServiceQuery,
    changed: (services: readonly RegisteredService[]) => void,
    options?: AbortOptions,
  ): MaybePromise<EndWatch>;
}
