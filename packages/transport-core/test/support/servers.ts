import type { Agent, CloseInfo, ServerOptions } from "@im/transport-core";
import { createServer } from "@im/transport-core/authoring";
import { text } from "./fake-driver.js";
import { FakeListener } from "./fake-listener.js";
import { deferred, within } from "./waiting.js";

/** A server on a fake listener that records the events of its application. */
export function makeServer(options: ServerOptions = {}) {
  const listener = new FakeListener();
  const received: string[] = [];
  const left: { readonly id: string; readonly info: CloseInfo }[] = [];
  const errors: { readonly code: string; readonly during: string; readonly channelId?: string }[] = [];
  const server = createServer(listener, {
    messageListener: { receive: (agent: Agent, payload) => void received.push(`${agent.id}: ${text(payload)}`) },
    stateListener: { disconnect: (id, info) => void left.push({ id, info }) },
    onError: (error, context) => errors.push({ code: (error as { code?: string })?.code ?? String(error), ...context }),
    ...options,
  });
  return { server, listener, received, left, errors };
}

export async function startServer(options: ServerOptions = {}) {
  const made = makeServer(options);
  await made.server.start();
  return made;
}

/** An Acceptor that waits for the test to say who each connection is. */
export function manualAcceptor() {
  const logins: ReturnType<typeof deferred<string>>[] = [];
  const signals: AbortSignal[] = [];
  const timeouts: number[] = [];
  return {
    logins,
    signals,
    timeouts,
    accept(_conn: unknown, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }) {
      const login = deferred<string>();
      logins.push(login);
      signals.push(signal);
      timeouts.push(timeoutMs);
      return login.promise;
    },
  };
}

/** The first frame is the id. */
export const firstFrameIsId = {
  accept: async (conn: { readFrame(): Promise<{ payload: Uint8Array }> }) => text((await conn.readFrame()).payload),
};

export function soon<T>(promise: PromiseLike<T>, what: string): Promise<T> {
  return within(promise, what, 3_000);
}
