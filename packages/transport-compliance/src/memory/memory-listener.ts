import type { Address, OpCode } from "@im/transport-core";
import type { AcceptSink, ListenerDriver } from "@im/transport-core/authoring";
import { encodeMessage } from "./memory-message.js";
import type { MemoryPlaces } from "./memory-places.js";

/** Accepts connections at one place in memory. */
export class MemoryListener implements ListenerDriver {
  readonly protocol = "memory";
  readonly #places: MemoryPlaces;
  readonly #at: Address;

  constructor(places: MemoryPlaces, at: Address) {
    this.#places = places;
    this.#at = at;
  }

  async listen(sink: AcceptSink): Promise<Address> {
    this.#places.occupy(this.#at, (driver) => {
      sink.accepted({ destroy: () => driver.destroy() })?.done(driver);
    });
    return this.#at;
  }

  async close(): Promise<void> {
    this.#places.leave(this.#at);
  }

  dialUrl(address: Address): string {
    return this.#places.urlOf(address);
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    return encodeMessage(opCode, payload);
  }
}
