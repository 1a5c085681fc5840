import { GatewayError } from "@im/gateway";
import { atEndOfTurn } from "@im/transport-core/internal";
import type { Redis } from "../redis.js";
import { envelopeOf } from "./envelope.js";

/** An envelope has messages up to about so many bytes; a larger message has one of its own. */
const ENVELOPE_BYTES = 262_144;

interface Queued {
  readonly message: Buffer;
  readonly sinceMs: number;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Messages for one gateway. Those of a turn of the event loop leave in one envelope. While one is on its way, all others wait
 * for the next: so they stay in order, even if a Redis Cluster redirects one.
 */
export class Outbox {
  readonly #redis: Redis;
  readonly #channel: string;
  readonly #maxWaitMs: number;
  readonly #idle: () => void;
  #queue: Queued[] = [];
  #isBusy = false;

  /** @param idle called when nothing waits and nothing is on its way */
  constructor(redis: Redis, channel: string, maxWaitMs: number, idle: () => void) {
    this.#redis = redis;
    this.#channel = channel;
    this.#maxWaitMs = maxWaitMs;
    this.#idle = idle;
  }

  /**
   * Resolves when Redis has passed the message on to a subscriber.
   *
   * @throws `IM_ERR_UNKNOWN_GATEWAY`, `IM_ERR_PORT_TIMEOUT` without having sent it, what the client throws
   */
  add(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ message, sinceMs: performance.now(), resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      atEndOfTurn(() => void this.#sendAll());
    });
  }

  async #sendAll(): Promise<void> {
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      try {
        const envelope = envelopeOf(batch.map(({ message }) => message));
        const receivers = await this.#redis.send(this.#channel, ["SPUBLISH", this.#channel, envelope]);
        if (Number(receivers) === 0) throw unknownGateway(this.#channel);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isBusy = false;
    this.#idle();
  }

  /** Takes the messages of the next envelope out of the queue. */
  #next(): readonly Queued[] {
    const oldestMs = performance.now() - this.#maxWaitMs;
    while (this.#queue[0] && this.#queue[0].sinceMs < oldestMs)
      this.#queue.shift()!.reject(waitedTooLong(this.#maxWaitMs));
    let count = 0;
    for (let bytes = 0; count < this.#queue.length; count++) {
      bytes += this.#queue[count]!.message.length;
      if (count > 0 && bytes > ENVELOPE_BYTES) break;
    }
    return this.#queue.splice(0, count);
  }
}

function unknownGateway(channel: string): GatewayError {
  return new GatewayError("IM_ERR_UNKNOWN_GATEWAY", `no gateway subscribes to ${channel}: it has ended, or reconnects`);
}

function waitedTooLong(maxWaitMs: number): GatewayError {
  const why = "Redis did not answer what was sent before";
  return new GatewayError("IM_ERR_PORT_TIMEOUT", `a message was not sent within ${maxWaitMs} ms: ${why}`);
}
