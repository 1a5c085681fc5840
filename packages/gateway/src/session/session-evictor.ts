import { commands, createPush, encodeKickoutNotify, marshal, peekCommand } from "@im/wire";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { isUnknownGateway } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Delivery } from "../ports/push-bus.js";
import type { SessionRecord } from "../ports/session-directory.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { LiveSession } from "./live-session.js";
import type { SessionRegistry } from "./session-registry.js";

const CLOSE = { code: GatewayCloseCode.KickedOut, reason: "kicked out: signed in elsewhere" };

/** Ends sessions that a newer sign-in has displaced, wherever they are. */
export class SessionEvictor {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;

  constructor(settings: GatewaySettings, registry: SessionRegistry) {
    this.#settings = settings;
    this.#registry = registry;
  }

  /** Tells the displaced channel, then closes it, whatever the peer thinks of that. */
  evict({ gatewayId, channelId }: SessionRecord): void {
    const body = encodeKickoutNotify({ channelId });
    const packet = marshal(createPush({ command: commands.loginSignIn, channelId, body }));
    const delivery = { channelIds: [channelId], packet, close: CLOSE };
    if (gatewayId === this.#settings.gatewayId) this.#deliver(delivery);
    else void this.#publish(gatewayId, delivery);
  }

  /** What came over the bus for channels of this gateway: pushes and kick-outs. Does not throw. */
  receive(delivery: Delivery): void {
    const channels = this.#deliver(delivery);
    const { pushed } = this.#settings.hooks;
    if (pushed && !delivery.close) pushed(commandOf(delivery.packet), channels);
  }

  /** @returns how many channels have it in their queue */
  #deliver({ channelIds, packet, close }: Delivery): number {
    let delivered = 0;
    for (const channelId of channelIds) {
      const session = this.#registry.session(channelId);
      if (session && deliver(session, packet, close)) delivered++;
    }
    return delivered;
  }

  /** Once: a gateway that does not hear of it finds out from the directory. */
  async #publish(gatewayId: string, delivery: Delivery): Promise<void> {
    const { bus, portTimeoutMs, report } = this.#settings;
    try {
      await withTimeout(bus.publish(gatewayId, delivery), portTimeoutMs, "bus.publish");
    } catch (error) {
      // Its gateway has ended, and its connections with it.
      if (!isUnknownGateway(error)) report(error, { during: "bus" });
    }
  }
}

/** @returns whether the packet is in its queue */
function deliver(session: LiveSession, packet: Uint8Array, close: Delivery["close"]): boolean {
  if (close) session.finish("kicked out");
  else if (session.end) return false;
  try {
    session.deliver(packet);
    return true;
  } catch {
    // Its queue is full or it is closing: its end is told.
    return false;
  } finally {
    if (close) session.close(close.code, close.reason);
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
