import type { MaybePromise } from "./maybe-promise.js";

/** One packet for some channels of one gateway. */
export interface Delivery {
  readonly channelIds: readonly string[];
  /** A marshalled LogicPkt. It is shared and must not be changed. */
  readonly packet: Uint8Array;
  /** Closes the channels after the packet. */
  readonly close?: { readonly code: number; readonly reason: string } | undefined;
}

/** One packet for all sessions of all other gateways. */
export interface BusBroadcast {
  readonly toAll: true;
  /** As in {@link Delivery}. */
  readonly packet: Uint8Array;
}

/** What a gateway receives from others: plain data that the bus carries as it is. */
export type BusMessage = Delivery | BusBroadcast;

/**
 * Carries packets between gateways. `describePushBus` in `@im/gateway/contract-suites` tests these rules.
 *
 * What one gateway publishes and broadcasts to another arrives in that order, each at most once.
 */
export interface PushBus {
  /**
   * Calls `receive`, which does not throw, with what others publish to this gateway or broadcast from now on.
   *
   * @param missed called when this gateway receives again after messages to it may have been lost unseen by their senders.
   * `lastMs` is how long ago the first of these may have been published, in milliseconds. It does not throw.
   * @returns a function that ends the subscription; `receive` is not called after that has resolved
   */
  subscribe(
    gatewayId: string,
    receive: (message: BusMessage) => void,
    missed?: (lastMs: number) => void,
  ): MaybePromise<() => MaybePromise<void>>;
  /** Resolves when the broadcast is on its way to all gateways that subscribe now, except `senderId`. */
  broadcast(senderId: string, broadcast: BusBroadcast): MaybePromise<void>;
  /** Resolves when the delivery is on its way. @throws `IM_ERR_UNKNOWN_GATEWAY` if no gateway subscribes under this id */
  publish(gatewayId: string, delivery: Delivery): MaybePromise<void>;
}
