import type { ConnOptions, Dialer, Server, ServerOptions } from "@im/transport-core";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { createWsServer, wsDialer } from "@im/transport-ws";

export interface Transport {
  readonly name: "tcp" | "ws";
  createServer(options: ServerOptions & { readonly port?: number }): Server;
  dialer(options?: ConnOptions): Dialer;
  /** Nobody listens there. */
  readonly deadAddress: string;
}

export const transports: readonly Transport[] = [
  {
    name: "tcp",
    createServer: (options) => createTcpServer({ host: "127.0.0.1", ...options }),
    dialer: tcpDialer,
    deadAddress: "tcp://127.0.0.1:1",
  },
  {
    name: "ws",
    createServer: (options) => createWsServer({ host: "127.0.0.1", ...options }),
    dialer: wsDialer,
    deadAddress: "ws://127.0.0.1:1/",
  },
];

export const tcp = transports[0]!;
