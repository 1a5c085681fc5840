import type { Server, ServerOptions } from "@im/transport-core";
import type { Product } from "../product/evaluate.js";
import { GATEWAY_PORTS } from "./transports.js";

/** The servers of one gateway: one for each transport. */
export function createServers(product: Product, host: string, options: ServerOptions): Server[] {
  const { tcp, ws } = GATEWAY_PORTS;
  return [
    product.createTcpServer({ ...options, host, port: tcp }),
    product.createWsServer({ ...options, host, port: ws }),
  ];
}
