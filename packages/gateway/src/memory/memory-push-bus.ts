import { GatewayError } from "../gateway-error.js";
import type { BusBroadcast, BusMessage, Delivery, PushBus } from "../ports/push-bus.js";

type Receiver = (message: BusMessage) => void;

/** The bus of the gateways of one process: each call has reached its receivers when it returns. */
export class MemoryPushBus implements PushBus {
  readonly #receivers = new Map<string, Receiver>();

  subscribe(gatewayId: string, receive: Receiver): () => void {
    if (this.#receivers.has(gatewayId)) {
      throw new GatewayError("IM_ERR_GATEWAY_STATE", `a gateway ${gatewayId} is on the bus already`);
    }
    this.#receivers.set(gatewayId, receive);
    return () => void this.#receivers.delete(gatewayId);
  }

  publish(gatewayId: string, delivery: Delivery): void {
    const receive = this.#receivers.get(gatewayId);
    if (!receive) {
      throw new GatewayError("IM_ERR_UNKNOWN_GATEWAY", `no gateway ${gatewayId} is on the bus: it has ended`);
    }
    receive(delivery);
  }

  broadcast(senderId: string, broadcast: BusBroadcast): void {
    for (const [gatewayId, receive] of this.#receivers) if (gatewayId !== senderId) receive(broadcast);
  }
}
