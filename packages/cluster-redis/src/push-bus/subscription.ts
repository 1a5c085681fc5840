import { type BusMessage, GatewayError } from "@im/gateway";
import { PatientTimer, startTimer } from "@im/transport-core/internal";
import type { Redis, RedisSubscription } from "../redis.js";
import { envelopeOf, messageBytes, messagesIn } from "./envelope.js";
import type { GatewayList } from "./gateway-list.js";

/** How long a probe may take to come back. */
const PROBE_WAIT_MS = 2_000;
/** How long a new connection may take until it has subscribed. */
const OPEN_WAIT_MS = 3_000;
/** How long to wait after a failed attempt to subscribe: at first, and at most. */
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

export interface SubscriptionSettings {
  readonly redis: Redis;
  readonly gateways: GatewayList;
  readonly gatewayId: string;
  readonly channel: string;
  readonly probeEveryMs: number;
  receive(message: BusMessage): void;
  /** As `PushBus.subscribe` has it. */
  missed(lastMs: number): void;
  /** Called with the result of each probe and of each attempt to subscribe: undefined, or what is wrong. */
  checked(error: unknown): void;
  /** Called with an envelope that cannot be read. */
  report(error: unknown): void;
}

/**
 * A gateway's subscription to its channel. The gateway publishes probes to itself: where one does not come back, the
 * subscription is dead, even if no error says so. Then, and when the connection is lost, it subscribes anew.
 */
export class Subscription {
  readonly #settings: SubscriptionSettings;
  #current: Promise<RedisSubscription>;
  /** Why the current subscription has ended. */
  #lost: unknown;
  #isOver = false;
  #probe = 0;
  /** When the last probe left that came back: what was published before it has arrived. */
  #soundAtMs = performance.now();
  #probeIsBack: () => void = ignore;
  /** Ends the wait for a probe or for the next step. */
  #wake: () => void = ignore;

  private constructor(settings: SubscriptionSettings) {
    this.#settings = settings;
    this.#current = this.#subscribe();
  }

  static async open(settings: SubscriptionSettings): Promise<Subscription> {
    const subscription = new Subscription(settings);
    await subscription.#current;
    try {
      await settings.gateways.add(settings.gatewayId);
    } catch (error) {
      await subscription.close();
      throw error;
    }
    void subscription.#watch();
    return subscription;
  }

  /** Nothing is received after this. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#wake();
    const { gateways, gatewayId } = this.#settings;
    await Promise.all([this.#end(), gateways.remove(gatewayId).catch(ignore)]);
  }

  async #watch(): Promise<void> {
    const { gateways, gatewayId, probeEveryMs, checked } = this.#settings;
    while (!this.#isOver) {
      gateways.add(gatewayId).catch(ignore);
      const { error, isDead } = await this.#sendProbe();
      if (this.#isOver) return;
      checked(error);
      if (isDead) await this.#subscribeAgain();
      else await this.#pause(probeEveryMs);
    }
  }

  /** Whether a message to the own channel comes back. If Redis cannot be asked, nothing says that the subscription is dead. */
  #sendProbe(): Promise<{ readonly error: unknown; readonly isDead: boolean }> {
    const { redis, channel } = this.#settings;
    return new Promise((resolve) => {
      const settle = (error: unknown, isDead = error !== undefined) => {
        timer.stop();
        resolve({ error, isDead });
      };
      const timer = new PatientTimer(() => settle(noProbe(channel)), false).start(PROBE_WAIT_MS);
      const sentAtMs = performance.now();
      this.#probeIsBack = () => {
        this.#soundAtMs = sentAtMs;
        settle(undefined);
      };
      this.#wake = () => settle(this.#lost);
      if (this.#lost !== undefined) return settle(this.#lost);
      redis.send(channel, ["SPUBLISH", channel, envelopeOf([messageBytes({ probe: ++this.#probe })])]).then(
        (receivers) => Number(receivers) === 0 && settle(noSubscriber(channel)),
        (error) => settle(error, this.#lost !== undefined),
      );
    });
  }

  async #subscribeAgain(): Promise<void> {
    // Without the old one: with both, a message would arrive twice.
    void this.#end();
    for (let waitMs = FIRST_RETRY_MS; !this.#isOver; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      this.#current = this.#subscribe();
      try {
        await this.#current;
        if (!this.#isOver) this.#settings.missed(performance.now() - this.#soundAtMs);
        return;
      } catch (error) {
        if (!this.#isOver) this.#settings.checked(error);
        await this.#pause(waitMs);
      }
    }
  }

  #subscribe(): Promise<RedisSubscription> {
    const { redis, channel } = this.#settings;
    this.#lost = undefined;
    const listener = {
      receive: (envelope: Buffer) => this.#receive(envelope),
      lost: (error: unknown) => {
        this.#lost = error;
        this.#wake();
      },
    };
    return redis.subscribe(channel, listener, AbortSignal.timeout(OPEN_WAIT_MS));
  }

  async #end(): Promise<void> {
    try {
      await (await this.#current).close();
    } catch {
      // There is none.
    }
  }

  #receive(envelope: Buffer): void {
    const { receive, report } = this.#settings;
    if (this.#isOver) return;
    try {
      for (const message of messagesIn(envelope)) {
        if (!("probe" in message)) receive(message);
        else if (message.probe === this.#probe) this.#probeIsBack();
      }
    } catch (error) {
      report(error);
    }
  }

  /** Keeps no process alive. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = startTimer(resolve, ms);
      timer?.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isOver || this.#lost !== undefined) this.#wake();
    });
  }
}

function noProbe(channel: string): GatewayError {
  return new GatewayError("IM_ERR_PORT_TIMEOUT", `a probe on ${channel} did not come back within ${PROBE_WAIT_MS} ms`);
}

function noSubscriber(channel: string): GatewayError {
  return new GatewayError("IM_ERR_UNKNOWN_GATEWAY", `Redis knows no subscriber of ${channel}`);
}

function ignore(): void {}
