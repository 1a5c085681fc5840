import type { MaybePromise } from "./maybe-promise.js";

/** One packet for channels of one gateway. */
export interface Delivery {
  readonly channelIds: readonly string[];
  /** A marshalled LogicPkt. It is shared: nobody changes it. */
  readonly packet: Uint8Array;
  /** With it the channels are closed once the packet has left. */
  readonly close?: { readonly code: number; readonly reason: string } | undefined;
}

/**
 * Carries packets between gateways. `describePushBus` in `@im/gateway/contract-suites` tests what stands here.
 *
 * What one gateway publishes to another arrives in that order, each at most once.
 */
export interface PushBus {
  /**
   * Takes what is published to this gateway from now on; `receive` does not throw.
   *
   * @returns a function that ends it; nothing is received after it has resolved
   */
  subscribe(gatewayId: string, receive: (delivery: Delivery) => void): MaybePromise<() => MaybePromise<void>>;
  /** Resolves when the delivery is on its way. @throws `IM_ERR_UNKNOWN_GATEWAY` if nobody subscribes under this id */
  publish(gatewayId: string, delivery: Delivery): MaybePromise<void>;
}
