import { createPush, marshal, read } from "@im/wire";
import { callListener } from "../diagnostics/call-listener.js";
import type { GatewaySettings } from "../gateway-options.js";
import { withTimeout } from "../ports/with-timeout.js";

/** The command of a broadcast that is for the gateways themselves: it reaches no session. */
export const ANNOUNCEMENT = "im.announcement";

/** @param body the listener's own */
export type AnnouncementListener = (body: Uint8Array) => unknown;

/** What the gateways of a cluster tell each other for their application. */
export class Announcements {
  readonly #settings: GatewaySettings;
  readonly #listeners = new Map<string, Set<AnnouncementListener>>();

  constructor(settings: GatewaySettings) {
    this.#settings = settings;
  }

  /** @throws what the bus throws, `IM_ERR_PORT_TIMEOUT` */
  async announce(topic: string, body: Uint8Array): Promise<void> {
    const { bus, gatewayId, portTimeoutMs } = this.#settings;
    const packet = marshal(createPush({ command: ANNOUNCEMENT, dest: topic, body }));
    await withTimeout(bus.broadcast(gatewayId, { toAll: true, packet }), portTimeoutMs, "bus.broadcast");
  }

  /** @returns a function that removes the listener */
  on(topic: string, listener: AnnouncementListener): () => void {
    // Two removals of one listener that was added twice are two.
    const own: AnnouncementListener = (body) => listener(body);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(own));
    return () => void listeners.delete(own);
  }

  /** Does not throw. */
  receive(packet: Uint8Array): void {
    const failed = (error: unknown) => this.#settings.report(error, { during: "bus", command: ANNOUNCEMENT });
    try {
      const announcement = read(packet);
      if (announcement.kind !== "logic") return;
      const { dest, body } = announcement;
      for (const listener of this.#listeners.get(dest) ?? []) callListener(() => listener(body.slice()), failed);
    } catch (error) {
      failed(error);
    }
  }
}
