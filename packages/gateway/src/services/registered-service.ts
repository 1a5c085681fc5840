import type { ServiceRegistration } from "@im/transport-core";
import type { RegisteredService, ServiceQuery } from "../ports/service-registry.js";

/** A frozen copy of what a registry keeps of a service. */
export function registeredService(service: ServiceRegistration, isDraining = false): RegisteredService {
  return Object.freeze({
    serviceId: service.serviceId,
    serviceName: service.serviceName,
    publicAddress: service.publicAddress,
    publicPort: service.publicPort,
    protocol: service.protocol,
    namespace: service.namespace,
    tags: Object.freeze([...service.tags]),
    meta: Object.freeze({ ...service.meta }),
    dialUrl: service.dialUrl,
    isDraining,
  });
}

/** Whether a query finds a service. */
export function matchesQuery(service: RegisteredService, query: ServiceQuery): boolean {
  const { namespace = "", protocol = service.protocol, tags = [], meta = {}, includesDraining = false } = query;
  return (
    service.serviceName === query.serviceName &&
    service.namespace === namespace &&
    service.protocol === protocol &&
    tags.every((tag) => service.tags.includes(tag)) &&
    Object.entries(meta).every(([key, value]) => service.meta[key] === value) &&
    (includesDraining || !service.isDraining)
  );
}
