import type { Conn } from "../contract/conn.js";
import { DeadlineWheel } from "../deadline/deadline-wheel.js";
import { type ConnOptions, resolveConnOptions } from "../options.js";
import type { ConnDriver } from "./conn-driver.js";
import { ConnHandle } from "./conn-handle.js";
import { FramedConn } from "./framed-conn.js";

/**
 * For dialers: returns what makes a Conn of a driver whose handshake is done. The Conns of one factory share their
 * options and the timer of their deadlines.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function createConnFactory(options: ConnOptions): (driver: ConnDriver) => Conn {
  const settings = { ...resolveConnOptions(options), deadlines: new DeadlineWheel() };
  return (driver) => new ConnHandle(new FramedConn(driver, settings));
}
