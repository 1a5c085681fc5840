import type { IncomingMessage } from "node:http";
import type { Address } from "@im/transport-core";
import { invalidOption } from "@im/transport-core/internal";
import { ipAddress, type TrustedProxies } from "@im/transport-core/node";
import { forwardedFor } from "./forwarded-header.js";

/** The headers that name the client of a proxy. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded";

/** Finds where the clients of trusted proxies connect from, by a header that the proxies add. */
export class Forwarding {
  readonly #proxies: TrustedProxies;
  readonly #header: ForwardedHeader;

  constructor(proxies: TrustedProxies, header: ForwardedHeader = "x-forwarded-for") {
    this.#proxies = proxies;
    this.#header = header;
  }

  /**
   * The last address in the header that is not a trusted proxy itself: what stands before it may be forged. Nothing before
   * an entry that is no address counts either.
   *
   * @param proxy the trusted proxy that sent the request
   */
  clientOf({ headers }: IncomingMessage, proxy: Address | undefined): Address | undefined {
    let client = proxy;
    for (const hop of this.#hopsOf(String(headers[this.#header] ?? "")).reverse()) {
      const address = addressOf(hop);
      if (!address) break;
      client = address;
      if (!this.#proxies.trusts(address.host)) break;
    }
    return client;
  }

  #hopsOf(header: string): string[] {
    return this.#header === "forwarded" ? forwardedFor(header) : header.split(",").map((hop) => hop.trim());
  }
}

/** `192.0.2.1`, `2001:db8::1`, and both with a port: `192.0.2.1:80`, `[2001:db8::1]:80`. */
function addressOf(hop: string): Address | undefined {
  const [, bracketed, plain, digits = "0"] = /^(?:\[(.*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(hop) ?? [];
  const host = ipAddress(bracketed ?? plain ?? hop);
  const port = Number(digits);
  return host !== undefined && port <= 65_535 ? { host, port } : undefined;
}

/** Checks the option `forwardedHeader`. @throws `IM_ERR_INVALID_OPTION` */
export function checkForwardedHeader(header: unknown, trustedProxies: unknown): void {
  if (header === undefined) return;
  if (header !== "x-forwarded-for" && header !== "forwarded") {
    throw invalidOption("forwardedHeader", "x-forwarded-for or forwarded", header);
  }
  if (trustedProxies) return;
  throw invalidOption("forwardedHeader", "given with trustedProxies, the addresses that may send it", "given alone");
}
