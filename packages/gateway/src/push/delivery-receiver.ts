import { peekCommand } from "@im/wire/codec";
import type { GatewaySettings } from "../gateway-options.js";
import type { BusMessage, Delivery } from "../ports/push-bus.js";
import type { LiveSession } from "../session/live-session.js";
import type { SessionRegistry } from "../session/session-registry.js";

/** Gives what other gateways publish, pushes and kick-outs, to sessions of this one. */
export class DeliveryReceiver {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;

  constructor(settings: GatewaySettings, registry: SessionRegistry) {
    this.#settings = settings;
    this.#registry = registry;
  }

  /** Does not throw. */
  receive(message: BusMessage): void {
    if ("toAll" in message) this.#push(message.packet, this.#registry.sessions());
    else if (message.close)
      for (const session of this.#sessionsOf(message)) session.evict(message.packet, message.close);
    else this.#push(message.packet, this.#sessionsOf(message));
  }

  #push(packet: Uint8Array, sessions: readonly LiveSession[]): void {
    let delivered = 0;
    for (const session of sessions) {
      if (session.end) continue;
      try {
        session.deliver(packet);
        delivered++;
      } catch {
        // Its queue is full, or it is closing: the session ends.
      }
    }
    this.#settings.hooks.pushed?.(commandOf(packet), delivered);
  }

  #sessionsOf({ channelIds }: Delivery): readonly LiveSession[] {
    return channelIds.flatMap((channelId) => this.#registry.session(channelId) ?? []);
  }
}

/** Empty for what another gateway should not have sent. */
function commandOf(packet: Uint8Array): string {
  try {
    return peekCommand(packet) ?? "";
  } catch {
    return "";
  }
}
