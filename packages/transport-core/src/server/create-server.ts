import type { Server } from "../contract/server.js";
import type { ListenerDriver } from "./listener-driver.js";
import type { ServerOptions } from "./server-options.js";
import { TransportServer } from "./transport-server.js";

/** Makes a Server from a driver that accepts sockets. @throws `IM_ERR_INVALID_OPTION` */
export function createServer(listener: ListenerDriver, options: ServerOptions): Server {
  return new TransportServer(listener, options);
}
