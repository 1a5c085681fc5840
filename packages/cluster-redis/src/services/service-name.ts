import { createHash } from "node:crypto";
import type { ServiceRegistration } from "@im/transport-core";

/** The keys and the channel of the services of one namespace and name. */
export class ServiceName {
  readonly keys: readonly [leases: string, services: string, channel: string];

  /** A hash of the name is the hash tag, which may have no braces: all is in one slot of a Redis Cluster. */
  constructor(keyPrefix: string, { namespace, serviceName }: Pick<ServiceRegistration, "namespace" | "serviceName">) {
    const hash = createHash("sha1")
      .update(JSON.stringify([namespace, serviceName]))
      .digest("hex");
    const tag = `${keyPrefix}{${hash}}`;
    this.keys = [`${tag}leases`, `${tag}services`, `${tag}changes`];
  }

  get channel(): string {
    return this.keys[2];
  }
}
