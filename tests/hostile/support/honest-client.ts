import { createClient } from "@im/client";
import { type Client, type Dialer, OpCode } from "@im/transport-core";

const encoder = new TextEncoder();

/** Logs in by name, as the servers of scenarios.mjs ask, and waits for the answer. */
export function loginDialer(dialer: Dialer, id: string): Dialer {
  return {
    async dialAndHandshake(context) {
      const conn = await dialer.dialAndHandshake(context);
      try {
        conn.writeFrame(OpCode.Binary, encoder.encode(id));
        conn.flush();
        await conn.readFrame({ signal: context.signal });
        return conn;
      } catch (error) {
        conn.destroy();
        throw error;
      }
    },
  };
}

interface HonestOptions {
  readonly heartbeatMs?: number;
  readonly readWaitMs?: number;
  readonly dialTimeoutMs?: number;
}

export function createHonestClient(dialer: Dialer, id: string, options: HonestOptions = {}): Client {
  return createClient({ id, dialer: loginDialer(dialer, id), ...options });
}
