import type { Agent, Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Address, ConnOptions, Server, ServerOptions } from "@im/transport-core";
import type {
  ConnectOptions,
  ListenOptions,
  ProxyOptions,
  TlsDialerOptions,
  TlsServerOptions,
} from "@im/transport-core/node";
import type { PerMessageDeflateOptions } from "./compression/deflate-options.js";

/** What `verifyUpgrade` gets beside the request. */
export interface UpgradePeer {
  /** Where the client connects from, also behind trusted proxies; undefined on a Unix domain socket. */
  readonly remoteAddress: Address | undefined;
}

/** What `verifyUpgrade` may decide. */
export type UpgradeVerdict = boolean | number | { readonly data: unknown };

export interface WsServerOptions extends ServerOptions, ProxyOptions, ListenOptions {
  /** Speaks TLS (`wss:`) with these options of `tls.createServer`: `key` and `cert` at least. {@link WsServer.updateTls} replaces them. */
  readonly tls?: TlsServerOptions | undefined;
  /** Takes the upgrades of this server instead of a port of its own. It must be listening at `start`, and stays open. */
  readonly server?: HttpServer | HttpsServer | undefined;
  /**
   * The header in which the trusted proxies name their clients: X-Forwarded-For or Forwarded (RFC 7239). The last address in
   * it that is not a trusted proxy counts. Each trusted proxy must add to it, or set it. @default x-forwarded-for
   */
  readonly forwardedHeader?: "x-forwarded-for" | "forwarded" | undefined;
  /**
   * The only path whose upgrades are taken, with any query: of any letters, without a query, a hash and dot segments.
   * @default any path, as kim does
   */
  readonly path?: string | undefined;
  /** Subprotocols (RFC 6455 §1.9) in order of preference; the server chooses the first that the client offers. */
  readonly protocols?: readonly string[] | undefined;
  /**
   * Bytes of the upgrade request's head, on a port of its own.
   * @default {@link wsDefaults.maxHeaderBytes}
   * @beyond 431
   */
  readonly maxHeaderBytes?: number | undefined;
  /**
   * Fragments of one message (RFC 6455 §5.4).
   * @default {@link wsDefaults.maxFragments}
   * @beyond Close 1008
   */
  readonly maxFragments?: number | undefined;
  /**
   * The origins whose pages may connect, such as `https://chat.example` (or `null`), or a function that decides. A list also
   * lets in requests without an origin, which no browser sends. The others get 403. @default any
   */
  readonly origins?:
    | readonly string[]
    | ((origin: string | undefined, request: IncomingMessage) => boolean)
    | undefined;
  /**
   * Decides about each upgrade request: true lets it in, `{ data }` lets it in and passes `data` on to the login
   * (`handshake.request.data`); false refuses it with 403, a number from 400 to 599 with that status. If it throws, `onError`
   * gets the error and the peer 500. The login wait includes it.
   */
  readonly verifyUpgrade?:
    | ((request: IncomingMessage, peer: UpgradePeer) => UpgradeVerdict | Promise<UpgradeVerdict>)
    | undefined;
  /** Compresses messages (permessage-deflate, RFC 7692) for clients that offer it. @default false */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}

/** What {@link createWsServer} makes. */
export interface WsServer extends Server {
  /**
   * Replaces options of `tls`, such as a certificate that expires: for handshakes that begin later, not for connections.
   * Options that are left out stay as they are.
   *
   * @throws `IM_ERR_INVALID_OPTION` if one cannot be used, and nothing is replaced; `IM_ERR_UNSUPPORTED` if the server was
   * made without `tls`, as all that take the upgrades of a given HTTP server: replace the certificate of that server there
   */
  updateTls(tls: TlsServerOptions): void;
}

export interface WsDialerOptions extends ConnOptions, ConnectOptions {
  /** Headers of the upgrade request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Subprotocols to offer. */
  readonly protocols?: readonly string[] | undefined;
  /**
   * Connects in place of the dialer, through a proxy perhaps: an agent of `node:http` for `ws:` addresses, of `node:https` for
   * `wss:`, or one for both such as `HttpsProxyAgent` of `https-proxy-agent`. It gets `tls`, `lookup` and `autoSelectFamily…`
   * with the request, and its own options come first.
   */
  readonly agent?: Agent | undefined;
  /** Options of `tls.connect` for `wss:` addresses, such as `ca`. */
  readonly tls?: TlsDialerOptions | undefined;
  /** Fragments of one message (RFC 6455 §5.4). @default {@link wsDefaults.maxFragments} */
  readonly maxFragments?: number | undefined;
  /** Offers to compress messages (permessage-deflate, RFC 7692). @default false */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}
