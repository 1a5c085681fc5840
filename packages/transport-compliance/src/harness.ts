import {
  type AbortOptions,
  type Address,
  type Channel,
  type Conn,
  type ConnOptions,
  type Dialer,
  type Frame,
  OpCode,
  type ServerOptions,
} from "@im/transport-core";
import { within } from "./deadline.js";
import { EventLog } from "./event-log.js";
import { bytesOf } from "./payloads.js";
import type { TransportSubject } from "./subject.js";
import { TestServer } from "./test-server.js";

interface DialOptions extends AbortOptions {
  /** Options of the dialer. */
  readonly conn?: ConnOptions;
}

interface ConnectOptions extends DialOptions {
  /** The channel id that the client asks for. @default one that no other has */
  readonly id?: string;
}

/** Both ends of a connection whose login is done. */
interface Connected {
  readonly id: string;
  readonly client: Conn;
  readonly channel: Channel;
}

/** For one case: starts servers, dials them, waits with a deadline, and closes all that it opened. */
export class Harness {
  readonly subject: TransportSubject;
  readonly #deadlineMs: number;
  readonly #servers: TestServer[] = [];
  readonly #conns: Conn[] = [];
  #clients = 0;

  constructor(subject: TransportSubject, deadlineMs: number) {
    this.subject = subject;
    this.#deadlineMs = deadlineMs;
  }

  /** Waits for what must happen; `what` is missing when this rejects. */
  within<T>(promise: PromiseLike<T>, what: string): Promise<T> {
    return within(this.#deadlineMs, promise, what);
  }

  log<T>(name: string): EventLog<T> {
    return new EventLog(name, this.#deadlineMs);
  }

  /** A server that is not started. It takes the first frame of each connection as its id, unless options say otherwise. */
  createServer(options: ServerOptions = {}, at?: Address): TestServer {
    const created = new TestServer((...given) => this.subject.createServer(...given), this.#deadlineMs, options, at);
    this.#servers.push(created);
    return created;
  }

  async startServer(options: ServerOptions = {}, at?: Address): Promise<TestServer> {
    const created = this.createServer(options, at);
    await this.within(created.server.start(), "the server to start");
    return created;
  }

  /** Dials without logging in. */
  async dial(target: TestServer, { conn, signal }: DialOptions = {}): Promise<Conn> {
    return this.dialWith(this.subject.createDialer(conn), target.server.dialUrl, { signal });
  }

  async dialWith(dialer: Dialer, address: string, { signal }: AbortOptions = {}): Promise<Conn> {
    const context = { id: "", name: "", address, timeoutMs: this.#deadlineMs, signal };
    const client = await this.within(dialer.dialAndHandshake(context), `the dialer to reach ${address}`);
    this.#conns.push(client);
    return client;
  }

  /** Dials, logs in by name, and gives both ends. */
  async connect(
    target: TestServer,
    { id = `client-${++this.#clients}`, ...options }: ConnectOptions = {},
  ): Promise<Connected> {
    const client = await this.dial(target, options);
    send(client, bytesOf(id));
    return { id, client, channel: await target.channel(id) };
  }

  /** Takes over reading from a connection and writes down the frames. */
  collect(conn: Conn): EventLog<Frame> {
    const frames = this.log<Frame>("frames at the client");
    conn.readFrames({ frame: (opCode, payload) => frames.put({ opCode, payload }), end() {} });
    return frames;
  }

  async readFrame(conn: Conn): Promise<Frame> {
    return this.within(conn.readFrame(), "a frame");
  }

  /** The connection works in both directions, and what was sent before has been seen by the server. */
  async roundTrip(target: TestServer, { id, client, channel }: Connected, text = "are you there?"): Promise<void> {
    send(client, bytesOf(text));
    await target.messages.first(
      ({ agent, payload }) => agent.id === id && payload.length === bytesOf(text).length,
      `${JSON.stringify(text)} of ${id}`,
    );
    channel.push(bytesOf("yes"));
    await this.readFrame(client);
  }

  async cleanUp(): Promise<void> {
    for (const conn of this.#conns) conn.destroy();
    const cut = AbortSignal.abort();
    const stopped = this.#servers.map(({ server }) => server.shutdown({ signal: cut }));
    await this.within(Promise.all(stopped), "the servers to shut down after the case");
  }
}

/** Writes one Binary frame and flushes. */
export function send(conn: Conn, payload: Uint8Array, opCode: OpCode = OpCode.Binary): void {
  conn.writeFrame(opCode, payload);
  conn.flush();
}
