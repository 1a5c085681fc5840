import { TransportError } from "@im/transport-core";
import { createServer } from "@im/transport-core/authoring";
import { invalidOption, rejectUnknownOptions, serverOptionNames } from "@im/transport-core/internal";
import {
  checkListenOptions,
  listenOptionNames,
  proxyOptionNames,
  type TlsServerOptions,
} from "@im/transport-core/node";
import { TcpListener } from "./tcp-listener.js";
import type { TcpServer, TcpServerOptions } from "./tcp-options.js";

const optionNames = [...serverOptionNames, ...proxyOptionNames, ...listenOptionNames, "path", "tls", "keepAliveMs"];

/**
 * A Server on TCP, on TLS (with `tls`), or on a Unix domain socket (with `path`).
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function createTcpServer(options: TcpServerOptions = {}): TcpServer {
  rejectUnknownOptions(options, optionNames);
  checkListenOptions(options);
  const { host, port, fd, handle, path } = options;
  if (path !== undefined && (host ?? port ?? fd ?? handle) !== undefined) {
    throw invalidOption("path", "given without host, port, fd and handle", "given with one of them");
  }
  if (path !== undefined && options.tls !== undefined) {
    throw invalidOption("path", "given without tls, since its bytes never leave the computer", "given with it");
  }
  if (options.trustedProxies !== undefined && !options.proxyProtocol) {
    throw invalidOption(
      "trustedProxies",
      "given with proxyProtocol: true, the only way to name clients on TCP",
      "given alone",
    );
  }
  const listener = new TcpListener(options);
  return Object.assign(createServer(listener, options), {
    updateTls(tls: TlsServerOptions) {
      if (listener.tls) listener.tls.update(tls);
      else throw new TransportError("IM_ERR_UNSUPPORTED", "this server was made without tls: its port stays without");
    },
  });
}
