import type { TransportSubject } from "@im/transport-compliance";
import type { ConnOptions, Dialer, ServerOptions } from "@im/transport-core";
import { type ConnDriver, createServer, type ListenerDriver } from "@im/transport-core/authoring";
import { createMemoryDialer } from "../../src/memory/memory-dialer.js";
import { MemoryListener } from "../../src/memory/memory-listener.js";
import { MemoryPlaces } from "../../src/memory/memory-places.js";

/** Changes to parts of the memory transport that break it. Parts that are not given stay as they are. */
export interface Fault {
  /** Both ends of each connection. */
  readonly driver?: (driver: ConnDriver) => ConnDriver;
  readonly listener?: (listener: ListenerDriver) => ListenerDriver;
  readonly serverOptions?: (options: ServerOptions) => ServerOptions;
  readonly dialer?: (dialer: Dialer) => Dialer;
}

const whole = <T>(part: T): T => part;

/** The memory transport with a fault. */
export function brokenTransport(fault: Fault): TransportSubject {
  const { driver = whole, listener = whole, serverOptions = whole, dialer = whole } = fault;
  const places = new MemoryPlaces();
  const dialled = override(places, { connect: (url) => driver(places.connect(url)) });
  return {
    name: "broken",
    badAddress: "memory://nobody:1",
    createServer(options, at = places.free()) {
      const accepting = accepts(new MemoryListener(places, at), driver);
      return createServer(listener(accepting), serverOptions(options));
    },
    createDialer: (options: ConnOptions = {}) => dialer(createMemoryDialer(dialled, options)),
    openResources: () => process.getActiveResourcesInfo().filter((name) => name === "Timeout"),
  };
}

/** A listener that breaks the connections that it accepts. */
function accepts(listener: ListenerDriver, breakDriver: (driver: ConnDriver) => ConnDriver): ListenerDriver {
  return override(listener, {
    listen: (sink) =>
      listener.listen({
        accepted: (socket) => {
          const handshake = sink.accepted(socket);
          return handshake && override(handshake, { done: (driver) => handshake.done(breakDriver(driver)) });
        },
        failed: (error, during) => sink.failed(error, during),
      }),
  });
}

/** An object that behaves as another but for some members. */
export function override<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(_target, key) {
      if (key in changes) return Reflect.get(changes, key);
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
