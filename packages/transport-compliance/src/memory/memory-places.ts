import { type Address, TransportError } from "@im/transport-core";
import type { ConnDriver } from "@im/transport-core/authoring";
import { invalidAddress } from "@im/transport-core/internal";
import { MemoryConnDriver } from "./memory-conn-driver.js";

const SCHEME = "memory://";
const ADDRESS = /^memory:\/\/([a-z0-9.-]+):([1-9]\d*)$/;

/** Takes the server's end of a new connection. */
type Accept = (driver: ConnDriver) => void;

/** The places at which servers listen. A place is a name and a number, as an address is elsewhere. */
export class MemoryPlaces {
  readonly #listeners = new Map<string, Accept>();
  #lastPort = 0;

  /** A place that is not used yet. */
  free(): Address {
    return { host: "here", port: ++this.#lastPort };
  }

  urlOf({ host, port }: Address): string {
    return `${SCHEME}${host}:${port}`;
  }

  occupy(at: Address, accept: Accept): void {
    const url = this.urlOf(at);
    if (this.#listeners.has(url)) throw new Error(`a server listens at ${url} already`);
    this.#listeners.set(url, accept);
  }

  leave(at: Address): void {
    this.#listeners.delete(this.urlOf(at));
  }

  /**
   * Connects to the server that listens at `url`.
   *
   * @throws `IM_ERR_CONNECT`
   */
  connect(url: string): ConnDriver {
    const accept = this.#listeners.get(url);
    if (!accept) throw new TransportError("IM_ERR_CONNECT", `no server listens at ${url}`);
    const [, host, port] = ADDRESS.exec(url)!;
    const [dialed, accepted] = MemoryConnDriver.pair(this.free(), { host: host!, port: Number(port) });
    accept(accepted);
    return dialed;
  }
}

/** @throws `IM_ERR_INVALID_ADDRESS` */
export function checkMemoryAddress(address: string): void {
  if (ADDRESS.test(address)) return;
  throw invalidAddress(address, `is no address in memory; write ${SCHEME}name:number`);
}
