import type { Address } from "../contract/address.js";
import type { ServiceRegistration } from "../contract/service-registration.js";
import { TransportError } from "../errors.js";
import type { ListenerDriver } from "./listener-driver.js";
import type { ServerOptions } from "./server-options.js";

/** How service discovery names a server: by the options of the user, else by the address that it listens on. */
export class Registration implements ServiceRegistration {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly protocol: string;
  readonly #given: NonNullable<ServerOptions["service"]>;
  readonly #dialUrl: (address: Address) => string;
  #address: Address | undefined;

  constructor(listener: ListenerDriver, given: ServerOptions["service"] = {}) {
    this.serviceId = given.serviceId ?? crypto.randomUUID();
    this.serviceName = given.serviceName ?? "im";
    this.namespace = given.namespace ?? "";
    this.tags = [...(given.tags ?? [])];
    this.meta = { ...given.meta };
    this.protocol = listener.protocol;
    this.#given = given;
    this.#dialUrl = (address) => listener.dialUrl(address);
  }

  get address(): Address {
    if (this.#address) return this.#address;
    throw new TransportError("IM_ERR_SERVER_STATE", "the address is known once start() has resolved");
  }

  get publicAddress(): string {
    return this.#given.publicAddress ?? this.address.host;
  }

  get publicPort(): number {
    return this.#given.publicPort ?? this.address.port;
  }

  get dialUrl(): string {
    return this.#dialUrl({ host: this.publicAddress, port: this.publicPort });
  }

  protected listensAt(address: Address): void {
    this.#address = address;
  }
}
