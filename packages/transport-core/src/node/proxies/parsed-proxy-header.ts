import type { Address } from "../../contract/address.js";

/** The header that a proxy sends before the bytes of its client: the PROXY protocol of HAProxy, version 1 or 2. */
export interface ProxyHeader {
  readonly byteLength: number;
  /** Where the client connects from. Undefined if the proxy does not say: for a connection of its own, or of another kind. */
  readonly client: Address | undefined;
}

/** What the first bytes of a connection are. */
export type ParsedProxyHeader = ProxyHeader | "incomplete" | "invalid";
