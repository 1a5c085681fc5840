import { type Agent, CloseCode, type MessageListener } from "@im/transport-core";
import { BasicCode, type BasicPkt, commands, Flag, Status } from "@im/wire";
import {
  encodeErrorResp,
  extensionMetaKeys,
  type LogicPktView,
  MagicBasicPkt,
  marshalResponse,
  restamp,
  scan,
} from "@im/wire/codec";
import { SIGNED_OUT_WAIT_MS } from "../defaults.js";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { PONG } from "../pong.js";
import { LiveSession } from "../session/live-session.js";
import type { SessionLifecycle } from "../session/session-lifecycle.js";
import { HandledRequest, type RequestServices, UNANSWERABLE } from "./handled-request.js";
import { HandlerDeadlines } from "./handler-deadlines.js";
import { RequestHandle } from "./request-handle.js";
import type { Step } from "./route.js";
import type { RouteTable } from "./route-table.js";

/** The MessageListener of signed-in channels: answers heartbeats and runs the handler of each request. */
export class Router implements MessageListener {
  readonly #services: RequestServices;
  readonly #routes: RouteTable;
  readonly #lifecycle: SessionLifecycle;
  readonly #deadlines: HandlerDeadlines;

  constructor(services: RequestServices, routes: RouteTable, lifecycle: SessionLifecycle) {
    this.#services = services;
    this.#routes = routes;
    this.#lifecycle = lifecycle;
    this.#deadlines = new HandlerDeadlines(services.settings.handlerTimeoutMs);
  }

  /** Returns a promise only for an async handler: until it resolves, the channel's next message waits. */
  receive(agent: Agent, payload: Uint8Array): void | Promise<void> {
    const session = LiveSession.of(agent);
    if (session.isClosing) return;
    let packet: LogicPktView | BasicPkt;
    let command: string;
    try {
      packet = scan(payload);
      // Pings are answered already; other codes are ignored.
      if (packet.kind === "basic") return;
      command = packet.command;
    } catch {
      session.close(GatewayCloseCode.InvalidPacket, "the message is not a packet");
      return;
    }
    const refusal = this.#refusalOf(session, packet, command);
    if (refusal) return this.#refuse(session, packet, ...refusal);
    if (command === commands.loginSignOut) return this.#signOut(session, packet);
    const { definition, run } = this.#routes.get(command);
    return this.#handle(new HandledRequest(this.#services, session, packet, command, definition), run);
  }

  /** A BasicPkt ping is answered as soon as it is read: no handler delays it. */
  answerPing(agent: Agent, payload: Uint8Array): boolean {
    if (!isPing(payload)) return false;
    this.showLife(agent);
    return true;
  }

  showLife(agent: Agent): void {
    const session = LiveSession.of(agent);
    if (!session.isClosing) send(session, PONG);
  }

  /** The status and message for a request that reaches no handler. */
  #refusalOf(session: LiveSession, { flag }: LogicPktView, command: string): [Status, string] | undefined {
    if (session.end) return [Status.SessionNotFound, `the session has ended: ${session.end}`];
    if (flag !== Flag.Request) return [Status.InvalidCommand, "a client may only send requests"];
    if (command === commands.loginSignIn) return [Status.InvalidCommand, "the connection has signed in already"];
    const { budget, inFlight } = session;
    if (inFlight >= this.#services.settings.maxInFlight || (budget && !budget.take(performance.now()))) {
      return [Status.SystemException, "too many requests: try again later"];
    }
    return undefined;
  }

  #refuse(session: LiveSession, request: LogicPktView, status: Status, message: string): void {
    respond(session, request, { status, body: encodeErrorResp({ message }) });
    this.#services.settings.hooks.answered?.(session.handle, request.command, status, 0);
  }

  async #signOut(session: LiveSession, request: LogicPktView): Promise<void> {
    await this.#lifecycle.signOut(session);
    respond(session, request);
    this.#services.settings.hooks.answered?.(session.handle, request.command, Status.Success, 0);
    // Clients close by themselves after a sign-out.
    const timer = setTimeout(() => session.close(CloseCode.Normal, "signed out"), SIGNED_OUT_WAIT_MS);
    void session.channel?.closed.then(() => clearTimeout(timer));
  }

  #handle(request: HandledRequest, step: Step): void | Promise<void> {
    if (!request.run(step, new RequestHandle(request))) return this.#hold(request);
    request.complete();
    request.releaseClaim();
  }

  #hold(request: HandledRequest): Promise<void> {
    const { session } = request;
    session.inFlight++;
    const running = session.running.add(request);
    const deadline = this.#deadlines.add(request);
    return request.pending(() => {
      request.complete();
      session.inFlight--;
      session.running.remove(running);
      this.#deadlines.remove(deadline);
      request.releaseClaim();
      request.release();
    });
  }
}

/** Closes the session if a request's header leaves no room for a response: its client would wait in vain. */
function respond(session: LiveSession, request: LogicPktView, init?: { status: Status; body: Uint8Array }): void {
  let response: Uint8Array;
  try {
    response = marshalResponse(request, init);
    // Distinguishes it from a SessionNotFound of a handler, which means something else.
    if (init?.status === Status.SessionNotFound) {
      response = restamp(response, { meta: { [extensionMetaKeys.sessionOver]: session.end ?? "" } });
    }
  } catch {
    session.close(CloseCode.PayloadTooLarge, UNANSWERABLE);
    return;
  }
  send(session, response);
}

/** Does nothing if the connection has ended: the end of the session is reported separately. */
function send(session: LiveSession, packet: Uint8Array): void {
  try {
    session.deliver(packet);
  } catch {}
}

/** One byte decides for nearly all packets. */
function isPing(payload: Uint8Array): boolean {
  if (payload[1] !== MagicBasicPkt[1]) return false;
  try {
    const packet = scan(payload);
    return packet.kind === "basic" && packet.code === BasicCode.Ping;
  } catch {
    return false;
  }
}
