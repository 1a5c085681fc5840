import {
  type Acceptor,
  type Agent,
  type Channel,
  type CloseInfo,
  type ErrorContext,
  HashChannelMap,
  type OpCode,
  type Server,
  type ServerOptions,
  type TransportError,
} from "@im/transport-core";
import { EventLog } from "./event-log.js";
import { textOf } from "./payloads.js";
import type { TransportSubject } from "./subject.js";

export interface Message {
  readonly agent: Agent;
  readonly payload: Uint8Array;
  readonly opCode: OpCode;
}

export interface Disconnect {
  readonly id: string;
  readonly info: CloseInfo;
}

export interface Reported extends ErrorContext {
  readonly error: unknown;
}

/** The login of most cases: the first frame is the id. */
export const loginByName: Acceptor = {
  async accept(conn, { signal }) {
    return textOf((await conn.readFrame({ signal })).payload);
  },
};

/** The servers' default map, which also records each channel that it admits. */
class WatchedChannelMap extends HashChannelMap {
  readonly #admitted: EventLog<Channel>;

  constructor(admitted: EventLog<Channel>) {
    super();
    this.#admitted = admitted;
  }

  override add(channel: Channel): boolean {
    const added = super.add(channel);
    if (added) this.#admitted.put(channel);
    return added;
  }
}

/** A server that records all its events. The listeners that a case gives are called as well. */
export class TestServer {
  readonly server: Server;
  readonly channels: HashChannelMap;
  readonly messages: EventLog<Message>;
  readonly disconnects: EventLog<Disconnect>;
  readonly errors: EventLog<Reported>;
  readonly #admitted: EventLog<Channel>;

  constructor(
    createServer: TransportSubject["createServer"],
    deadlineMs: number,
    ...given: Parameters<typeof createServer>
  ) {
    const [options, at] = given;
    this.messages = new EventLog("messages at the server", deadlineMs);
    this.disconnects = new EventLog("disconnects at the server", deadlineMs);
    this.errors = new EventLog("errors reported by the server", deadlineMs);
    this.#admitted = new EventLog("channels admitted by the server", deadlineMs);
    this.channels = new WatchedChannelMap(this.#admitted);
    this.server = createServer(this.#watch(options), at);
  }

  /** The channel of this id, once its login is done. */
  channel(id: string): Promise<Channel> {
    return this.#admitted.first((channel) => channel.id === id, `channel ${JSON.stringify(id)}`);
  }

  /** All that were ever let in, in the order of their logins. */
  get admitted(): readonly Channel[] {
    return this.#admitted.items;
  }

  /** The messages of one channel, once it has sent so many. */
  async messagesOf(id: string, count: number): Promise<readonly Message[]> {
    const ofChannel = () => this.messages.items.filter(({ agent }) => agent.id === id);
    await this.messages.first(() => ofChannel().length >= count, `${count} of channel ${JSON.stringify(id)}`);
    return ofChannel();
  }

  disconnectOf(id: string): Promise<Disconnect> {
    return this.disconnects.first((disconnect) => disconnect.id === id, `that of channel ${JSON.stringify(id)}`);
  }

  /** The error that was reported on this occasion. */
  async reported(during: ErrorContext["during"], channelId?: string): Promise<TransportError> {
    const report = await this.errors.first(
      (one) => one.during === during && one.channelId === channelId,
      `one during ${during}${channelId === undefined ? "" : ` of channel ${JSON.stringify(channelId)}`}`,
    );
    return report.error as TransportError;
  }

  #watch(options: ServerOptions): ServerOptions {
    return {
      acceptor: loginByName,
      channelMap: this.channels,
      ...options,
      messageListener: {
        receive: (agent, payload, opCode) => {
          this.messages.put({ agent, payload, opCode });
          return options.messageListener?.receive(agent, payload, opCode);
        },
      },
      stateListener: {
        disconnect: (id, info) => {
          this.disconnects.put({ id, info });
          return options.stateListener?.disconnect(id, info);
        },
      },
      onError: (error, context) => {
        this.errors.put({ error, ...context });
        options.onError?.(error, context);
      },
    };
  }
}
