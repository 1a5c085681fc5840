import type { RefusalReason } from "../contract/transport-hooks.js";
import { addressKey } from "./address-key.js";
import { TokenBucket } from "./token-bucket.js";

export interface ConnectionLimitOptions {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxAcceptsPerSecond: number;
}

/** Counts the connections of a server, and refuses those beyond the limits. */
export class ConnectionLimits {
  readonly #options: ConnectionLimitOptions;
  readonly #accepts: TokenBucket;
  readonly #perAddress = new Map<string, number>();
  #total = 0;

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
    this.#accepts = new TokenBucket(options.maxAcceptsPerSecond);
  }

  /**
   * Counts a connection in, until it is released.
   *
   * @param host its remote address; empty if it has none, as on a Unix domain socket, which limits per address spare, or if
   * it is not known yet
   * @returns why it is refused; it is not counted then
   */
  admit(host: string): RefusalReason | undefined {
    if (this.#total >= this.#options.maxConnections) return "max-connections";
    if (this.#isFull(host)) return "max-connections-per-address";
    if (!this.#accepts.take()) return "accept-rate";
    this.#total++;
    this.#count(host);
    return undefined;
  }

  /**
   * Counts a connection that was admitted without an address for one, once that is known.
   *
   * @returns why it is refused; it is still to be released without an address then
   */
  admitAddress(host: string): RefusalReason | undefined {
    if (this.#isFull(host)) return "max-connections-per-address";
    this.#count(host);
    return undefined;
  }

  /** A connection that was admitted is closed. */
  release(host: string): void {
    this.#total--;
    const key = this.#keyOf(host);
    if (key === undefined) return;
    const left = (this.#perAddress.get(key) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(key);
    else this.#perAddress.set(key, left);
  }

  #isFull(host: string): boolean {
    const key = this.#keyOf(host);
    return key !== undefined && (this.#perAddress.get(key) ?? 0) >= this.#options.maxConnectionsPerAddress;
  }

  #count(host: string): void {
    const key = this.#keyOf(host);
    if (key !== undefined) this.#perAddress.set(key, (this.#perAddress.get(key) ?? 0) + 1);
  }

  #keyOf(host: string): string | undefined {
    return host === "" || this.#options.maxConnectionsPerAddress === Number.POSITIVE_INFINITY
      ? undefined
      : addressKey(host);
  }
}
