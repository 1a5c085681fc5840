import { createPush, marshal } from "@im/wire";
import { encodeBody } from "../encode-body.js";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { Delivery } from "../ports/push-bus.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { LiveSession } from "../session/live-session.js";
import type { DeliveryRouter, Outgoing } from "./delivery-router.js";
import type { LocalBroadcasts } from "./local-broadcasts.js";
import type { BroadcastReport, PushHeader, PushReport, PushTarget } from "./push-target.js";

/** What the header of a push takes over from the request that it is made for. */
export interface PushStamp {
  readonly channelId: string;
  readonly sequence: number;
  readonly dest: string;
}

const NO_STAMP: PushStamp = { channelId: "", sequence: 0, dest: "" };

/** Pushes to the channels of a target, or to all channels of all gateways. A packet is encoded once for all of them. */
export class Pusher {
  readonly #settings: GatewaySettings;
  readonly #broadcasts: LocalBroadcasts;
  readonly #router: DeliveryRouter;

  constructor(settings: GatewaySettings, broadcasts: LocalBroadcasts, router: DeliveryRouter) {
    this.#settings = settings;
    this.#broadcasts = broadcasts;
    this.#router = router;
  }

  /** As {@link DeliveryRouter.route}. @throws for a body that cannot be encoded, before anything is sent */
  push(
    target: PushTarget,
    command: string,
    body: unknown,
    { dest }: PushHeader = {},
    stamp = NO_STAMP,
  ): Promise<PushReport> {
    const packet = this.#encode(command, body, dest === undefined ? stamp : { ...stamp, dest });
    return this.#router.route(target, new OutgoingPush(command, packet));
  }

  /** As {@link LocalBroadcasts.send} here, and at the other gateways. The promise does not reject. @throws as `push` */
  broadcast(command: string, body: unknown): Promise<BroadcastReport> {
    return this.#broadcast(command, this.#encode(command, body, NO_STAMP));
  }

  #encode(command: string, body: unknown, { channelId, sequence, dest }: PushStamp): Uint8Array {
    const bytes = encodeBody(this.#settings.commands.get(command)?.push, command, body);
    return marshal(createPush({ command, channelId, sequence, dest, body: bytes }));
  }

  async #broadcast(command: string, packet: Uint8Array): Promise<BroadcastReport> {
    const here = this.#broadcasts.send(command, packet);
    const busError = await this.#broadcastToOthers(command, packet);
    return { ...(await here), busError };
  }

  async #broadcastToOthers(command: string, packet: Uint8Array): Promise<unknown> {
    const { bus, gatewayId, portTimeoutMs, report } = this.#settings;
    try {
      await withTimeout(bus.broadcast(gatewayId, { toAll: true, packet }), portTimeoutMs, "bus.broadcast");
      return undefined;
    } catch (error) {
      report(error, { during: "bus", command });
      return error;
    }
  }
}

class OutgoingPush implements Outgoing {
  readonly command: string;
  readonly #packet: Uint8Array;

  constructor(command: string, packet: Uint8Array) {
    this.command = command;
    this.#packet = packet;
  }

  deliver(session: LiveSession): void {
    if (session.end) throw new GatewayError("IM_ERR_SESSION_OVER", `the session has ended: ${session.end}`);
    session.deliver(this.#packet);
  }

  deliveriesTo(channelIds: readonly string[]): readonly Delivery[] {
    return [{ channelIds, packet: this.#packet }];
  }
}
