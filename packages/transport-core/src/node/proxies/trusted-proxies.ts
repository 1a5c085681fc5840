import { BlockList, isIP, type Socket } from "node:net";
import { checkFlag, invalidOption } from "../../internal/check-options.js";

const UNIX = "unix:";

/** Options of servers behind proxies. */
export interface ProxyOptions {
  /**
   * The addresses of proxies in front of the server, such as `10.0.0.0/8`, `fd00::/8` or `127.0.0.1`, and `unix:` for Unix
   * domain sockets. What they say about the addresses of their clients is taken for true: list no address from which
   * clients connect by themselves. @default none
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /**
   * Whether the trusted proxies begin each connection with a header of the PROXY protocol, version 1 or 2, before TLS. A
   * connection from them without one is closed; those from other addresses have none. @default false
   */
  readonly proxyProtocol?: boolean | undefined;
}

export const proxyOptionNames = ["trustedProxies", "proxyProtocol"] as const satisfies readonly (keyof ProxyOptions)[];

/** The proxies in front of a server that may say where their clients connect from. */
export class TrustedProxies {
  /** Whether they begin each connection with a header of the PROXY protocol. */
  readonly sendHeaders: boolean;
  /** Whether they name the client in a request, which follows a PROXY header and TLS. */
  readonly sendRequests: boolean;
  readonly #addresses = new BlockList();
  readonly #includeUnix: boolean;

  /**
   * Those of the options, if there are any.
   *
   * @throws `IM_ERR_INVALID_OPTION`
   */
  static of(
    { trustedProxies, proxyProtocol = false }: ProxyOptions,
    sendRequests: boolean,
  ): TrustedProxies | undefined {
    checkFlag("proxyProtocol", proxyProtocol);
    if (trustedProxies !== undefined && !Array.isArray(trustedProxies)) {
      throw invalidOption("trustedProxies", "an array of addresses", trustedProxies);
    }
    if (trustedProxies) return new TrustedProxies(trustedProxies, proxyProtocol, sendRequests);
    if (!proxyProtocol) return undefined;
    throw invalidOption(
      "proxyProtocol",
      "given with trustedProxies, the addresses that may send headers",
      "given alone",
    );
  }

  private constructor(ranges: readonly string[], sendHeaders: boolean, sendRequests: boolean) {
    this.sendHeaders = sendHeaders;
    this.sendRequests = sendRequests;
    this.#includeUnix = ranges.includes(UNIX);
    for (const [index, range] of ranges.entries()) if (range !== UNIX) this.#add(`trustedProxies[${index}]`, range);
  }

  #add(name: string, range: string): void {
    const [, address = "", prefix] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(String(range)) ?? [];
    const version = isIP(address);
    const bits = version === 4 ? 32 : 128;
    if (version === 0 || Number(prefix ?? 0) > bits) {
      throw invalidOption(name, `an IP address, a range such as 10.0.0.0/8, or ${UNIX}`, range);
    }
    this.#addresses.addSubnet(address, Number(prefix ?? bits), version === 4 ? "ipv4" : "ipv6");
  }

  /** Whether the peer of an accepted socket is one of them. */
  trustsPeer({ remoteAddress, localAddress }: Socket): boolean {
    if (remoteAddress !== undefined) return this.trusts(remoteAddress);
    // A peer that resets its connection before it is accepted has no address either, but what it has sent is read.
    return this.#includeUnix && localAddress === undefined;
  }

  /** @param host an IP address, IPv4 also in its IPv6 form */
  trusts(host: string): boolean {
    const address = host.replace(/%.*$/, "");
    return this.#addresses.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
  }
}
