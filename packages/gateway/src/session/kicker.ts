import { commands, createPush, encodeKickoutNotify, marshal } from "@im/wire";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Delivery } from "../ports/push-bus.js";
import type { SessionRecord } from "../ports/session-directory.js";
import type { LiveSession } from "./live-session.js";
import type { Repeater } from "./repeater.js";
import type { SessionRegistry } from "./session-registry.js";

const CLOSE = { code: GatewayCloseCode.KickedOut, reason: "kicked out: signed in elsewhere" };

/** Ends sessions that a newer sign-in has displaced, wherever they are. */
export class Kicker {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #repeater: Repeater;

  constructor(settings: GatewaySettings, registry: SessionRegistry, repeater: Repeater) {
    this.#settings = settings;
    this.#registry = registry;
    this.#repeater = repeater;
  }

  /** Tells the displaced channel, then closes it, whatever the peer thinks of that. */
  kick({ gatewayId, channelId }: SessionRecord): void {
    const body = encodeKickoutNotify({ channelId });
    const packet = marshal(createPush({ command: commands.loginSignIn, channelId, body }));
    const delivery = { channelIds: [channelId], packet, close: CLOSE };
    if (gatewayId === this.#settings.gatewayId) this.receive(delivery);
    else void this.#publish(gatewayId, delivery);
  }

  /** What came for channels of this gateway. Does not throw. */
  receive({ channelIds, packet, close }: Delivery): void {
    for (const channelId of channelIds) {
      const session = this.#registry.session(channelId);
      if (session) deliver(session, packet, close);
    }
  }

  async #publish(gatewayId: string, delivery: Delivery): Promise<void> {
    try {
      await this.#settings.bus.publish(gatewayId, delivery);
    } catch (error) {
      // Its gateway has ended, and its connections with it.
      if (error instanceof GatewayError && error.code === "IM_ERR_UNKNOWN_GATEWAY") return;
      this.#settings.report(error, { during: "bus" });
      this.#repeater.repeat(() => this.#publish(gatewayId, delivery));
    }
  }
}

function deliver(session: LiveSession, packet: Uint8Array, close: Delivery["close"]): void {
  if (close) session.finish("kicked out");
  else if (session.end) return;
  try {
    session.deliver(packet);
  } catch {
    // Its queue is full or it is closing: its end is told.
  }
  if (close) session.close(close.code, close.reason);
}
