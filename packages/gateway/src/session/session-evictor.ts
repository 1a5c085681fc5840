import { commands, createPush, marshal } from "@im/wire";
import { encodeKickoutNotify } from "@im/wire/codec";
import { DISPLACED, GatewayCloseCode } from "../gateway-close-code.js";
import { GatewayError } from "../gateway-error.js";
import type { Delivery } from "../ports/push-bus.js";
import type { SessionRecord } from "../ports/session-directory.js";
import type { DeliveryRouter, Outgoing } from "../push/delivery-router.js";
import type { KickReport, PushTarget } from "../push/push-target.js";
import type { LiveSession } from "./live-session.js";

/** What a Close frame has room for (RFC 6455 §5.5.1). */
const MAX_REASON_BYTES = 123;

/** Ends sessions wherever they are: each gets a KickoutNotify, then Close 4001, whatever its peer does with the push. */
export class SessionEvictor {
  readonly #router: DeliveryRouter;

  constructor(router: DeliveryRouter) {
    this.#router = router;
  }

  /**
   * Ends sessions whose places newer sign-ins have. A gateway that a kick-out does not reach finds out from the directory.
   * Does not throw.
   */
  evictDisplaced(sessions: readonly SessionRecord[]): void {
    if (sessions.length > 0) void this.#router.route(sessions, new OutgoingKickout(DISPLACED));
  }

  /**
   * Ends the sessions of a target. The promise does not reject.
   *
   * @param reason of the Close, at most 123 bytes of UTF-8
   * @throws `IM_ERR_GATEWAY_ARGUMENT` for an invalid target, and for a reason that is too long or not a string
   */
  kick(target: PushTarget, reason: string): Promise<KickReport> {
    checkReason(reason);
    const routed = this.#router.route(target, new OutgoingKickout(reason));
    return routed.then(({ delivered, offline, failed }) => ({ kicked: delivered, offline, failed }));
  }
}

class OutgoingKickout implements Outgoing {
  readonly command = undefined;
  readonly #reason: string;

  constructor(reason: string) {
    this.#reason = reason;
  }

  deliver(session: LiveSession): void {
    const { packet, close } = this.#deliveryTo(session.channelId);
    session.evict(packet, close);
  }

  deliveriesTo(channelIds: readonly string[]): readonly Delivery[] {
    return channelIds.map((channelId) => this.#deliveryTo(channelId));
  }

  #deliveryTo(channelId: string) {
    const body = encodeKickoutNotify({ channelId });
    const packet = marshal(createPush({ command: commands.loginSignIn, channelId, body }));
    return { channelIds: [channelId], packet, close: { code: GatewayCloseCode.KickedOut, reason: this.#reason } };
  }
}

function checkReason(reason: unknown): void {
  if (typeof reason === "string" && new TextEncoder().encode(reason).length <= MAX_REASON_BYTES) return;
  const what = `the reason of a kick must be text of at most ${MAX_REASON_BYTES} bytes of UTF-8`;
  throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", what);
}
