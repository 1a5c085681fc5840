// What a test of the dialer uses in the page.

import { OpCode } from "@im/transport-core";
import { type WsDialerOptions, wsDialer } from "@im/transport-ws";

const TIMEOUT_MS = 20_000;

const program = {
  /** How a connection ended that the server closed. */
  async closedBy(address: string) {
    const context = { id: "", name: "", address, timeoutMs: TIMEOUT_MS };
    const { code, reason } = await (await wsDialer().dialAndHandshake(context)).closed;
    return { code, reason };
  },
  /** Sends a text and reads the answer. */
  async echo(address: string, text: string) {
    const conn = await wsDialer().dialAndHandshake({ id: "", name: "", address, timeoutMs: TIMEOUT_MS });
    conn.writeFrame(OpCode.Text, new TextEncoder().encode(text));
    const { payload } = await conn.readFrame();
    await conn.close();
    return new TextDecoder().decode(payload);
  },
  /** @returns the code of what it failed with, or `connected`, and whether that was known long before the timeout */
  async dial(address: string, options: WsDialerOptions = {}) {
    const beganMs = performance.now();
    const context = { id: "", name: "", address, timeoutMs: TIMEOUT_MS };
    const outcome = await wsDialer(options)
      .dialAndHandshake(context)
      .then(
        (conn) => conn.close().then(() => "connected"),
        (error: { code?: string }) => error.code ?? String(error),
      );
    return { outcome, wasSoon: performance.now() - beganMs < TIMEOUT_MS / 2 };
  },
};

export type DialerProgram = typeof program;
Object.assign(globalThis, { program, isReady: true });
