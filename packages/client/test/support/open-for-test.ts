import { type ClientOptions, createClient } from "@im/client";
import type { Client, CloseInfo, Conn, Dialer, Frame, Server, ServerOptions } from "@im/transport-core";
import { onTestFinished } from "vitest";
import type { Transport } from "./transports.js";
import { deferred, text, within } from "./waiting.js";

/** A server that is shut down at the end of the test, with what it receives. */
export async function openServer(transport: Transport, options: ServerOptions = {}) {
  let peers = 0;
  const received: string[] = [];
  const left = deferred<CloseInfo>();
  const server: Server = transport.createServer({
    messageListener: {
      receive(agent, payload) {
        received.push(text(payload));
        agent.push(payload);
      },
    },
    stateListener: { disconnect: (_, info) => left.resolve(info) },
    ...options,
    acceptor: {
      async accept(conn, context) {
        return (await options.acceptor?.accept(conn, context)) ?? `peer ${++peers}`;
      },
    },
  });
  await server.start();
  onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  return { server, received, left: left.promise };
}

/** A client that is closed at the end of the test; a server that does not answer is not waited for. */
export function openClient(transport: Transport, options: ClientOptions = {}): Client {
  const client = createClient({ dialer: transport.dialer(), ...options });
  onTestFinished(() => void client.close());
  return client;
}

export async function connected(transport: Transport, options: ServerOptions & { client?: ClientOptions } = {}) {
  const { client: clientOptions, ...serverOptions } = options;
  const opened = await openServer(transport, serverOptions);
  const client = openClient(transport, clientOptions);
  await client.connect(opened.server.dialUrl);
  return { ...opened, client };
}

/** Wraps a dialer so that the test has the Conn that it gave. */
export function spyOnConn(dialer: Dialer) {
  const conns: Conn[] = [];
  const spied: Dialer = {
    async dialAndHandshake(context) {
      const conn = await dialer.dialAndHandshake(context);
      conns.push(conn);
      return conn;
    },
  };
  return { dialer: spied, conns };
}

export async function readText(client: Client): Promise<string> {
  const frame: Frame = await within(client.read(), "a frame to read");
  return text(frame.payload);
}
