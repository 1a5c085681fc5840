import { freePort } from "../../support/free-port.js";
import type { Route } from "./proxy.js";

/** A free port for each route through a proxy, instead of those of the document. */
export class RoutePorts {
  readonly #ports: ReadonlyMap<Route, number>;

  static async find(routes: readonly Route[]): Promise<RoutePorts> {
    return new RoutePorts(new Map(await Promise.all(routes.map(async (route) => [route, await freePort()] as const))));
  }

  private constructor(ports: ReadonlyMap<Route, number>) {
    this.#ports = ports;
  }

  /** What stands for what the document says, where `place` writes a place to listen. */
  places(documented: (port: number) => string, actual: (port: number) => string): [string, string][] {
    return [...this.#ports].map(([{ documentedPort }, port]) => [documented(documentedPort), actual(port)]);
  }

  /** The address for clients. */
  address(route: Route): string {
    return `${route.scheme}://127.0.0.1:${this.#ports.get(route)}`;
  }
}
