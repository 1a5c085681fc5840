import { type Agent, CloseCode, type MessageListener } from "@im/transport-core";
import {
  BasicCode,
  type BasicPkt,
  basicPong,
  commands,
  encodeErrorResp,
  extensionMetaKeys,
  Flag,
  type LogicPktView,
  MagicBasicPkt,
  marshal,
  marshalResponse,
  restamp,
  Status,
  scan,
} from "@im/wire";
import { SIGNED_OUT_WAIT_MS } from "../defaults.js";
import { GatewayCloseCode } from "../gateway-close-code.js";
import type { LiveSession } from "../session/live-session.js";
import type { SessionLifecycle } from "../session/session-lifecycle.js";
import { HandledRequest, type RequestServices, UNANSWERABLE } from "./handled-request.js";
import { HandlerDeadlines } from "./handler-deadlines.js";
import type { Step } from "./route.js";
import type { RouteTable } from "./route-table.js";

const PONG = /* @__PURE__ */ marshal(basicPong);

/** Takes what signed-in channels send: answers heartbeats, and brings each request to its handler. */
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

  /** No promise for what is handled synchronously: with an async handler it holds back the channel's next message. */
  receive(agent: Agent, payload: Uint8Array): void | Promise<void> {
    const session = agent.meta.session as LiveSession;
    if (session.isClosing) return;
    let packet: LogicPktView | BasicPkt;
    let command: string;
    try {
      packet = scan(payload);
      // Pings are answered already; other codes mean nothing.
      if (packet.kind === "basic") return;
      command = packet.command;
    } catch {
      session.close(GatewayCloseCode.InvalidPacket, "what came is no packet");
      return;
    }
    const refusal = this.#refusalOf(session, packet, command);
    if (refusal) return this.#refuse(session, packet, ...refusal);
    if (command === commands.loginSignOut) return this.#signOut(session, packet);
    const { definition, run } = this.#routes.get(command);
    return this.#handle(new HandledRequest(this.#services, session, packet, command, definition), run);
  }

  /** A BasicPkt ping is answered where it is read: no handler, and nothing that waits behind one, holds it up. */
  answerPing(agent: Agent, payload: Uint8Array): boolean {
    if (!isPing(payload)) return false;
    this.showLife(agent);
    return true;
  }

  showLife({ meta }: Agent): void {
    const session = meta.session as LiveSession;
    if (!session.isClosing) send(session, PONG);
  }

  /** What keeps a request from any handler. */
  #refusalOf(session: LiveSession, { flag }: LogicPktView, command: string): [Status, string] | undefined {
    if (session.end) return [Status.SessionNotFound, `the session is over: ${session.end}`];
    if (flag !== Flag.Request) return [Status.InvalidCommand, "only requests are taken"];
    if (command === commands.loginSignIn) return [Status.InvalidCommand, "signed in already"];
    const { budget, inFlight } = session;
    if (inFlight >= this.#services.settings.maxInFlight || (budget && !budget.take(performance.now()))) {
      return [Status.SystemException, "too many requests: try again later"];
    }
    return undefined;
  }

  #refuse(session: LiveSession, request: LogicPktView, status: Status, message: string): void {
    respond(session, request, { status, body: encodeErrorResp({ message }) });
    this.#services.settings.hooks.answered?.(session, request.command, status, 0);
  }

  async #signOut(session: LiveSession, request: LogicPktView): Promise<void> {
    await this.#lifecycle.signOut(session);
    respond(session, request);
    this.#services.settings.hooks.answered?.(session, request.command, Status.Success, 0);
    // The peer closes as a rule.
    const timer = setTimeout(() => session.close(CloseCode.Normal, "signed out"), SIGNED_OUT_WAIT_MS);
    void session.channel?.closed.then(() => clearTimeout(timer));
  }

  #handle(request: HandledRequest, step: Step): void | Promise<void> {
    if (!request.run(step)) return this.#hold(request);
    request.complete();
    request.releaseClaim();
  }

  #hold(request: HandledRequest): Promise<void> {
    const { session } = request;
    session.inFlight++;
    session.running.add(request);
    this.#deadlines.add(request);
    return request.pending(() => {
      request.complete();
      session.inFlight--;
      session.running.delete(request);
      this.#deadlines.remove(request);
      request.releaseClaim();
      request.release();
    });
  }
}

/** A header of full length leaves no room for a response: who sends one is closed, not left waiting. */
function respond(session: LiveSession, request: LogicPktView, init?: { status: Status; body: Uint8Array }): void {
  let response: Uint8Array;
  try {
    response = marshalResponse(request, init);
    // So that a handler's SessionNotFound, which means something else, is not taken for ours.
    if (init?.status === Status.SessionNotFound) {
      response = restamp(response, { meta: { [extensionMetaKeys.sessionOver]: session.end ?? "" } });
    }
  } catch {
    session.close(CloseCode.PayloadTooLarge, UNANSWERABLE);
    return;
  }
  send(session, response);
}

/** To a peer that may be gone by now, which its end tells. */
function send(session: LiveSession, packet: Uint8Array): void {
  try {
    session.deliver(packet);
  } catch {}
}

/** A look at one byte tells for nearly all packets. */
function isPing(payload: Uint8Array): boolean {
  if (payload[1] !== MagicBasicPkt[1]) return false;
  try {
    const packet = scan(payload);
    return packet.kind === "basic" && packet.code === BasicCode.Ping;
  } catch {
    return false;
  }
}
