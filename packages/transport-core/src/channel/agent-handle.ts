import { checkDataOpCode } from "../conn/conn-errors.js";
import type { Address } from "../contract/address.js";
import type { Agent } from "../contract/agent.js";
import type { AbortOptions, Conn } from "../contract/conn.js";
import { OpCode } from "../contract/frame.js";

/** A channel as listeners and hooks hold it: they can neither close it by mistake nor read its frames. */
export class AgentHandle implements Agent {
  readonly id: string;
  readonly meta: Agent["meta"];
  readonly #conn: Conn;

  constructor({ id, meta }: Pick<Agent, "id" | "meta">, conn: Conn) {
    this.id = id;
    this.meta = meta;
    this.#conn = conn;
  }

  get remoteAddress(): Address {
    return this.#conn.remoteAddress;
  }

  push(payload: Uint8Array, opCode: OpCode = OpCode.Binary): boolean {
    if (opCode !== OpCode.Binary) checkDataOpCode(opCode);
    return this.#conn.writeFrame(opCode, payload);
  }

  drained(options?: AbortOptions): Promise<void> {
    return this.#conn.drained(options);
  }
}
