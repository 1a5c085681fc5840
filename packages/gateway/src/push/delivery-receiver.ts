import { peekCommand } from "@im/wire/codec";
import type { GatewaySettings } from "../gateway-options.js";
import type { BusMessage, Delivery } from "../ports/push-bus.js";
import type { LiveSession } from "../session/live-session.js";
import type { SessionRegistry } from "../session/session-registry.js";
import { ANNOUNCEMENT, type Announcements } from "./announcements.js";
import type { LocalBroadcasts } from "./local-broadcasts.js";

/** Gives what other gateways publish, pushes and kick-outs, to sessions of this one, and announcements to the application. */
export class DeliveryReceiver {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #broadcasts: LocalBroadcasts;
  readonly #announcements: Announcements;

  constructor(
    settings: GatewaySettings,
    registry: SessionRegistry,
    broadcasts: LocalBroadcasts,
    announcements: Announcements,
  ) {
    this.#settings = settings;
    this.#registry = registry;
    this.#broadcasts = broadcasts;
    this.#announcements = announcements;
  }

  /** Does not throw. */
  receive(message: BusMessage): void {
    const { packet } = message;
    if ("toAll" in message) this.#receiveBroadcast(packet);
    else if (message.close) for (const session of this.#sessionsOf(message)) session.evict(packet, message.close);
    else this.#push(packet, this.#sessionsOf(message));
  }

  #receiveBroadcast(packet: Uint8Array): void {
    const command = commandOf(packet);
    if (command === ANNOUNCEMENT) this.#announcements.receive(packet);
    else void this.#broadcasts.send(command, packet);
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
