import type { Address } from "../contract/address.js";
import type { Agent } from "../contract/agent.js";
import type { AbortOptions } from "../contract/conn.js";
import type { OpCode } from "../contract/frame.js";

/** A channel as listeners and hooks hold it: they cannot close it by mistake, nor read past its read loop. */
export class AgentHandle implements Agent {
  readonly id: string;
  readonly meta: Agent["meta"];
  readonly #channel: Agent;

  constructor(channel: Agent) {
    this.id = channel.id;
    this.meta = channel.meta;
    this.#channel = channel;
  }

  get remoteAddress(): Address {
    return this.#channel.remoteAddress;
  }

  push(payload: Uint8Array, opCode?: OpCode): boolean {
    return this.#channel.push(payload, opCode);
  }

  drained(options?: AbortOptions): Promise<void> {
    return this.#channel.drained(options);
  }
}
