import { TransportError } from "@im/transport-core";
import { createServer } from "@im/transport-core/authoring";
import { checkLimit, invalidOption, rejectUnknownOptions, serverOptionNames } from "@im/transport-core/internal";
import {
  checkListenOptions,
  listenOptionNames,
  proxyOptionNames,
  type TlsServerOptions,
} from "@im/transport-core/node";
import { resolveDeflate } from "./compression/deflate-options.js";
import { checkProtocols } from "./subprotocols.js";
import { checkForwardedHeader } from "./upgrade/forwarding.js";
import { checkOrigins } from "./upgrade/origins.js";
import { wsDefaults } from "./ws-defaults.js";
import { WsListener } from "./ws-listener.js";
import type { WsServer, WsServerOptions } from "./ws-options.js";

const optionNames = [
  ...serverOptionNames,
  ...proxyOptionNames,
  ...listenOptionNames,
  "forwardedHeader",
  "tls",
  "server",
  "path",
  "protocols",
  "maxHeaderBytes",
  "maxFragments",
  "origins",
  "verifyUpgrade",
  "perMessageDeflate",
];

/**
 * A Server on WebSocket: on a port of its own, or on the upgrades of a given HTTP server.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function createWsServer(options: WsServerOptions = {}): WsServer {
  rejectUnknownOptions(options, optionNames);
  checkListenOptions(options);
  const { server, host, port, fd, handle, tls } = options;
  checkServer(server);
  if (server && (host ?? port ?? fd ?? handle ?? tls) !== undefined) {
    const rule = "given without host, port, fd, handle and tls, which are that server's own";
    throw invalidOption("server", rule, "given with one of them");
  }
  checkProtocols(options);
  checkLimit("maxHeaderBytes", options.maxHeaderBytes ?? wsDefaults.maxHeaderBytes);
  checkLimit("maxFragments", options.maxFragments ?? wsDefaults.maxFragments);
  checkGuards(options);
  if (server && options.proxyProtocol) {
    const rule = "left out with server, which reads its sockets itself: trustedProxies alone takes forwarded headers";
    throw invalidOption("proxyProtocol", rule, true);
  }
  checkForwardedHeader(options.forwardedHeader, options.trustedProxies);
  const listener = new WsListener(options, resolveDeflate(options.perMessageDeflate));
  return Object.assign(createServer(listener, options), {
    updateTls(tls: TlsServerOptions) {
      if (!listener.tls) throw withoutTls(options);
      listener.tls.update(tls);
    },
  });
}

/** Applications of web frameworks have `on` and `listen` as well. */
function checkServer(server: WsServerOptions["server"]): void {
  if (server === undefined || (server && typeof server.prependListener === "function" && "listening" in server)) return;
  const rule = "the http.Server itself, as app.listen() or http.createServer(app) returns it";
  throw invalidOption("server", rule, server);
}

function checkGuards({ origins, verifyUpgrade }: WsServerOptions): void {
  if (Array.isArray(origins)) checkOrigins(origins);
  else if (origins !== undefined && typeof origins !== "function") {
    throw invalidOption("origins", "a list of strings, or a function", origins);
  }
  if (verifyUpgrade !== undefined && typeof verifyUpgrade !== "function") {
    throw invalidOption("verifyUpgrade", "a function", verifyUpgrade);
  }
}

function withoutTls({ server }: WsServerOptions): TransportError {
  const why = server
    ? "the certificate is that of the given HTTP server: call its setSecureContext()"
    : "this server was made without tls: its port stays without";
  return new TransportError("IM_ERR_UNSUPPORTED", why);
}
