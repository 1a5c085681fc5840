import type { Agent, Server } from "@im/transport-core";
import { CloseCode, OpCode, TransportError } from "@im/transport-core";
import {
  BasicCode,
  basicPong,
  commands,
  createPush,
  createResponse,
  getMetaString,
  type LogicPkt,
  MetaType,
  marshal,
  read,
  Status,
} from "@im/wire";
import {
  decodeLoginReq,
  Extension,
  encodeErrorResp,
  encodeKickoutNotify,
  encodeLoginResp,
  extensionMetaKeys,
  extensionTag,
  type LoginReq,
} from "@im/wire/codec";
import { onTestFinished } from "vitest";
import type { Transport } from "./transports.js";
import { bytes } from "./waiting.js";

/** How the gateway answers a request. Without a return value it does not. */
export type Answer = (request: LogicPkt, agent: Agent) => LogicPkt | undefined | Promise<LogicPkt | undefined>;

export interface TestGatewayOptions {
  /** Answers a sign-in; by default each client is signed in with its token as the account. */
  readonly signIn?: (login: LoginReq, request: LogicPkt) => LogicPkt | undefined;
  readonly answer?: Answer;
  /** Confirms `idem`, and answers a repeated key with the first answer. @default true */
  readonly supportsIdempotency?: boolean;
  /** Confirms `reconnect`, too. @default false */
  readonly supportsReconnect?: boolean;
  /** Sent in one write with each answer that lets in, before it. */
  readonly early?: readonly LogicPkt[];
  /** Sent in one write with each answer that lets in. */
  readonly glued?: readonly LogicPkt[];
  readonly port?: number;
}

/** Echoes the body. */
export const echo: Answer = (request) => createResponse(request, { body: request.body });

/** A gateway as small as it can be, of transport and packets alone, that does what a test says. */
export class TestGateway {
  server: Server;
  answer: Answer;
  signIn: NonNullable<TestGatewayOptions["signIn"]>;
  readonly supportsIdempotency: boolean;
  readonly supportsReconnect: boolean;
  readonly early: readonly LogicPkt[];
  readonly glued: readonly LogicPkt[];
  /** Sign-ins, in order. */
  readonly logins: LoginReq[] = [];
  /** Requests as they came, repeats included. */
  readonly requests: LogicPkt[] = [];
  /** Requests that had an effect: repeats of a key have none. */
  readonly effects: LogicPkt[] = [];
  readonly #answers = new Map<string, Promise<LogicPkt | undefined>>();
  readonly #transport: Transport;
  #connections = 0;

  constructor(transport: Transport, options: TestGatewayOptions = {}) {
    this.#transport = transport;
    this.answer = options.answer ?? echo;
    this.signIn = options.signIn ?? ((login, request) => this.welcome(login, request));
    this.supportsIdempotency = options.supportsIdempotency ?? true;
    this.supportsReconnect = options.supportsReconnect ?? false;
    this.early = options.early ?? [];
    this.glued = options.glued ?? [];
    this.server = this.#create(options.port);
  }

  static async start(transport: Transport, options: TestGatewayOptions = {}): Promise<TestGateway> {
    const gateway = new TestGateway(transport, options);
    await gateway.server.start();
    onTestFinished(() => gateway.stop());
    return gateway;
  }

  get address(): string {
    return this.server.dialUrl;
  }

  welcome({ token, tags }: LoginReq, request: LogicPkt): LogicPkt {
    const channelId = `${token}-${++this.#connections}`;
    const known = [this.supportsIdempotency && Extension.Idempotency, this.supportsReconnect && Extension.Reconnect];
    const confirmed = known.filter((name) => name !== false && tags.includes(extensionTag(name))) as string[];
    const meta = confirmed.map((value) => ({ key: extensionMetaKeys.confirmed, value, type: MetaType.String }));
    const body = encodeLoginResp({ channelId, account: token });
    return createResponse(request, { body, meta });
  }

  /** Cuts all connections, and listens no more. */
  async stop(): Promise<void> {
    await this.server.shutdown({ signal: AbortSignal.abort() });
  }

  /** Listens again, where it did before. */
  async restart(): Promise<void> {
    const { port } = this.server.address;
    await this.stop();
    this.server = this.#create(port);
    await this.server.start();
  }

  push(command: string, body: string, channelId = this.#lastId()): void {
    this.server.push(channelId, marshal(createPush({ command, body: bytes(body) })));
  }

  kickOut(channelId = this.#lastId()): void {
    const body = encodeKickoutNotify({ channelId });
    this.server.push(channelId, marshal(createPush({ command: commands.loginSignIn, body })));
  }

  #lastId(): string {
    return `${this.logins.at(-1)!.token}-${this.#connections}`;
  }

  #create(port: number | undefined): Server {
    return this.#transport.createServer({
      ...(port !== undefined && { port }),
      acceptor: {
        accept: async (conn, { signal }) => {
          const request = read((await conn.readFrame({ signal })).payload) as LogicPkt;
          const login = decodeLoginReq(request.body);
          this.logins.push(login);
          const response = this.signIn(login, request);
          // Says nothing, and waits for the peer to give up.
          if (!response) return conn.closed.then(() => Promise.reject(new TransportError("IM_ERR_CLOSED", "it left")));
          for (const packet of [...this.early, response, ...this.glued])
            conn.writeFrame(OpCode.Binary, marshal(packet));
          conn.flush();
          if (response.status === Status.Success) return `${login.token}-${this.#connections}`;
          throw new TransportError("IM_ERR_LOGIN_REFUSED", "refused", { closeCode: CloseCode.PolicyViolation });
        },
      },
      // Not returned: an answer that is late does not hold back the next request.
      messageListener: { receive: (agent, payload) => void this.#received(agent, payload) },
      onError: () => {},
    });
  }

  async #received(agent: Agent, payload: Uint8Array): Promise<void> {
    const packet = read(payload);
    if (packet.kind === "basic") {
      if (packet.code === BasicCode.Ping) agent.push(marshal(basicPong));
      return;
    }
    this.requests.push(packet);
    const response = await this.#answerOnce(packet, agent);
    // The client may have left.
    if (response) this.#tryToPush(agent, { ...response, sequence: packet.sequence });
  }

  #answerOnce(packet: LogicPkt, agent: Agent): Promise<LogicPkt | undefined> {
    const key = getMetaString(packet, extensionMetaKeys.idempotencyKey);
    const known = key === undefined ? undefined : this.#answers.get(key);
    if (known) return known;
    this.effects.push(packet);
    const answer = Promise.resolve(this.answer(packet, agent));
    if (key !== undefined) this.#answers.set(key, answer);
    return answer;
  }

  #tryToPush(agent: Agent, packet: LogicPkt): void {
    try {
      agent.push(marshal(packet));
    } catch {}
  }
}

/** A response that says no. */
export function failing(request: LogicPkt, status: number, message = "no"): LogicPkt {
  return createResponse(request, { status, body: encodeErrorResp({ message }) });
}
