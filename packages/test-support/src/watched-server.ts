import {
  type Acceptor,
  type Channel,
  type CloseInfo,
  type Conn,
  type Dialer,
  type ErrorContext,
  HashChannelMap,
  OpCode,
  type Server,
  type ServerOptions,
  type TransportError,
} from "@im/transport-core";
import { expect, onTestFinished } from "vitest";
import { DEADLINE_MS, Recorder, within } from "./recorder.js";

export interface Message {
  readonly id: string;
  readonly text: string;
  readonly payload: Uint8Array;
  readonly opCode: OpCode;
}

export interface Disconnect {
  readonly id: string;
  readonly info: CloseInfo;
}

/** A running server that records its events. It is cut at the end of the test. */
export interface WatchedServer<S extends Server = Server> {
  readonly server: S;
  readonly port: number;
  readonly messages: Recorder<Message>;
  readonly disconnects: Recorder<Disconnect>;
  readonly errors: Recorder<ErrorContext & { readonly error: TransportError }>;
  readonly admitted: Recorder<Channel>;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (payload: Uint8Array): string => decoder.decode(payload);

/** The login of most tests: the first frame is the id. */
export const loginByName: Acceptor = {
  accept: async (conn, { signal }) => textOf((await conn.readFrame({ signal })).payload),
};

/**
 * Starts a server of any transport.
 *
 * @param options what they give as listeners is called after the event was written down
 */
export async function startWatched<Options extends ServerOptions, S extends Server>(
  create: (options: Options) => S,
  options: Options,
): Promise<WatchedServer<S>> {
  const messages = new Recorder<Message>("messages");
  const disconnects = new Recorder<Disconnect>("disconnects");
  const errors = new Recorder<ErrorContext & { error: TransportError }>("reported errors");
  const admitted = new Recorder<Channel>("admitted channels");
  class WatchedChannelMap extends HashChannelMap {
    override add(channel: Channel): boolean {
      const added = super.add(channel);
      if (added) admitted.add(channel);
      return added;
    }
  }
  const server = create({
    acceptor: loginByName,
    channelMap: new WatchedChannelMap(),
    ...options,
    messageListener: {
      receive(agent, payload, opCode) {
        messages.add({ id: agent.id, text: textOf(payload), payload, opCode });
        return options.messageListener?.receive(agent, payload, opCode);
      },
    },
    stateListener: {
      disconnect(id, info) {
        disconnects.add({ id, info });
        return options.stateListener?.disconnect(id, info);
      },
    },
    onError: (error, context) => errors.add({ error: error as TransportError, ...context }),
  });
  onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  await within(server.start(), "the server to start");
  return { server, port: server.address.port, messages, disconnects, errors, admitted };
}

/** Dials with one of our own dialers, without a login. */
export async function dialWith(dialer: Dialer, { server }: Pick<WatchedServer, "server">): Promise<Conn> {
  const conn = await dialer.dialAndHandshake({ id: "", name: "", address: server.dialUrl, timeoutMs: DEADLINE_MS });
  onTestFinished(() => conn.destroy());
  return conn;
}

export function send(conn: Conn, text: string): void {
  conn.writeFrame(OpCode.Binary, bytesOf(text));
  conn.flush();
}

export async function read(conn: Conn): Promise<string> {
  return textOf((await within(conn.readFrame(), "a frame")).payload);
}

let goodClients = 0;

/** Whatever happened before: a client that behaves well is admitted and answered. */
export async function expectToServe(watched: WatchedServer, dialer: Dialer): Promise<void> {
  const id = `good client ${++goodClients}`;
  const conn = await dialWith(dialer, watched);
  send(conn, id);
  send(conn, "hello");
  await watched.messages.first((message) => message.id === id && message.text === "hello", "the good client's hello");
  watched.server.push(id, bytesOf("welcome"));
  // Servers of some tests answer the hello too.
  while ((await read(conn)) !== "welcome");
  await within(conn.close(), "the good client's close");
  const { info } = await watched.disconnects.first((event) => event.id === id, "the good client's disconnect");
  expect(info).toEqual({ code: 1000, reason: "", clean: true });
}
