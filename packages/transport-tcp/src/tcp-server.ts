import type { Server } from "@im/transport-core";
import { createServer, rejectUnknownOptions, serverOptionNames } from "@im/transport-core/authoring";
import { TcpListener } from "./tcp-listener.js";
import type { TcpServerOptions } from "./tcp-options.js";

const optionNames = [...serverOptionNames, "host", "port", "path", "tls", "keepAliveMs"];

/**
 * A Server on TCP, on TLS (with `tls`), or on a Unix domain socket (with `path`).
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function createTcpServer(options: TcpServerOptions = {}): Server {
  rejectUnknownOptions(options, optionNames);
  return createServer(new TcpListener(options), options);
}
