import type { LogicPkt, Status } from "@im/wire";
import type { PushHeader, PushReport, PushTarget } from "../push/push-target.js";
import type { Session } from "../session/session.js";
import type { HandledRequest } from "./handled-request.js";

/** A request as middleware and handlers hold it: see `TypedContext` and `RawContext` for what its members do. */
export class RequestHandle {
  readonly #request: HandledRequest;

  constructor(request: HandledRequest) {
    this.#request = request;
  }

  /** The request behind the handle, for the gateway itself. */
  static requestOf(handle: RequestHandle): HandledRequest {
    return handle.#request;
  }

  get session(): Session {
    return this.#request.session.handle;
  }

  get packet(): LogicPkt {
    return this.#request.packet;
  }

  get command(): string {
    return this.#request.command;
  }

  get sequence(): number {
    return this.#request.packet.sequence;
  }

  get dest(): string {
    return this.#request.dest;
  }

  get body(): unknown {
    return this.#request.body;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  get status(): Status | undefined {
    return this.#request.status;
  }

  respond(body?: unknown): boolean {
    return this.#request.respond(body);
  }

  fail(status: Status, message: string): boolean {
    return this.#request.fail(status, message);
  }

  push(target: PushTarget, command: string, body?: unknown, header?: PushHeader): Promise<PushReport> {
    return this.#request.push(target, command, body, header);
  }
}
