import { afterReading } from "@im/transport-core/internal";
import type { GatewayHooks } from "../diagnostics/gateway-hooks.js";
import type { FailedPush } from "./push-target.js";

/** How many packets of broadcasts are queued in one turn of the event loop: 10,000 in one turn block it for 130 ms. */
const PACKETS_PER_TURN = 500;

/** A session, as far as a broadcast needs it. */
export interface BroadcastReceiver {
  readonly channelId: string;
  /** Undefined until the session has ended. */
  readonly end: string | undefined;
  /** Queues a packet behind what was queued before. @throws what `Agent.push` throws */
  enqueue(packet: Uint8Array): unknown;
}

/** What became of a broadcast at this gateway. */
export interface LocalReport {
  readonly delivered: number;
  readonly failed: readonly FailedPush[];
}

interface PendingBroadcast {
  readonly command: string;
  readonly packet: Uint8Array;
  /** The sessions that it has not reached. */
  readonly left: Set<BroadcastReceiver>;
  readonly failed: FailedPush[];
  delivered: number;
  readonly done: (report: LocalReport) => void;
}

/**
 * Broadcasts on their way to the sessions of this gateway: a slice in each turn of the event loop, so that a large gateway
 * goes on reading meanwhile. Before anything else is queued for a session, {@link deliverTo} queues the broadcasts
 * that have not reached it: so a session gets all pushes in the order in which they were made.
 */
export class LocalBroadcasts {
  readonly #hooks: GatewayHooks;
  readonly #sessions: () => Iterable<BroadcastReceiver>;
  /** In the order in which they were made. */
  readonly #underWay: PendingBroadcast[] = [];
  /** From the first slice of a broadcast until a slice leaves none under way: so only one slice runs in a turn. */
  #isGoingOn = false;

  constructor(hooks: GatewayHooks, sessions: () => Iterable<BroadcastReceiver>) {
    this.#hooks = hooks;
    this.#sessions = sessions;
  }

  get areUnderWay(): boolean {
    return this.#underWay.length > 0;
  }

  /**
   * Begins to give a packet to all sessions that are registered now. The first {@link PACKETS_PER_TURN} have it in their
   * queues when this returns, unless the slices of other broadcasts go on.
   *
   * @returns resolves when it has reached all sessions that have not ended; never rejects
   */
  send(command: string, packet: Uint8Array): Promise<LocalReport> {
    return new Promise((done) => {
      const left = new Set(this.#sessions());
      this.#underWay.push({ command, packet, left, failed: [], delivered: 0, done });
      if (!this.#isGoingOn) this.#goOn();
    });
  }

  /** Queues for one session the broadcasts that have not reached it. @returns how many packets it queued, or tried to */
  deliverTo(session: BroadcastReceiver): number {
    let packets = 0;
    for (const broadcast of this.#underWay) {
      if (!broadcast.left.delete(session) || session.end) continue;
      packets++;
      try {
        session.enqueue(broadcast.packet);
        broadcast.delivered++;
      } catch (error) {
        broadcast.failed.push({ channelId: session.channelId, error });
      }
    }
    return packets;
  }

  /** Brings all that are under way to all their sessions at once, as a shutdown needs it. */
  finish(): void {
    for (const { left } of [...this.#underWay]) for (const session of left) this.deliverTo(session);
    this.#settle();
  }

  #goOn(): void {
    this.#isGoingOn = true;
    let budget = PACKETS_PER_TURN;
    const [oldest] = this.#underWay;
    for (const session of oldest?.left ?? []) {
      if (budget <= 0) break;
      budget -= this.deliverTo(session);
    }
    this.#settle();
    this.#isGoingOn = this.areUnderWay;
    if (this.#isGoingOn) afterReading(() => this.#goOn());
  }

  #settle(): void {
    while (this.#underWay[0]?.left.size === 0) {
      const { command, delivered, failed, done } = this.#underWay.shift()!;
      this.#hooks.pushed?.(command, delivered);
      done({ delivered, failed });
    }
  }
}
