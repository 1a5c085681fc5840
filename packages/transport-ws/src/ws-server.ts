import type { Server } from "@im/transport-core";
import { createServer, invalidOption, rejectUnknownOptions, serverOptionNames } from "@im/transport-core/authoring";
import { WsListener } from "./ws-listener.js";
import type { WsServerOptions } from "./ws-options.js";

const optionNames = [...serverOptionNames, "host", "port", "tls", "server", "path", "protocols"];

/**
 * A Server on WebSocket: on a port of its own, or on the upgrades of a given HTTP server.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function createWsServer(options: WsServerOptions = {}): Server {
  rejectUnknownOptions(options, optionNames);
  if (options.server && (options.host ?? options.port ?? options.tls) !== undefined) {
    throw invalidOption(
      "server",
      "given without host, port and tls, which are that server's own",
      "given with one of them",
    );
  }
  if (options.path !== undefined && !options.path.startsWith("/")) {
    throw invalidOption("path", "a path that begins with /", options.path);
  }
  return createServer(new WsListener(options), options);
}
