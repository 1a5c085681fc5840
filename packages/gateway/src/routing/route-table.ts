import { type CommandDefinition, commands, Status } from "@im/wire";
import { GatewayError } from "../gateway-error.js";
import type { Claims } from "../idempotency/claims.js";
import { oncePerKey } from "../idempotency/once-per-key.js";
import { RequestHandle } from "./request-handle.js";
import { compose, type MiddlewareStep, type Route, type Step } from "./route.js";

/** Handlers by command. Commands are keys of a Map: any text is one, `__proto__` too. */
export class RouteTable {
  readonly #definitions: ReadonlyMap<string, CommandDefinition>;
  readonly #claims: Claims;
  readonly #routes = new Map<string, Route>();
  readonly #middleware: MiddlewareStep[] = [];
  readonly #unknown: Route = {
    definition: undefined,
    run: (request) => request.fail(Status.NotImplemented, "the command is not implemented"),
  };

  constructor(definitions: ReadonlyMap<string, CommandDefinition>, claims: Claims) {
    this.#definitions = definitions;
    this.#claims = claims;
  }

  use(middleware: MiddlewareStep): void {
    this.#middleware.push(middleware);
  }

  /** @throws `IM_ERR_GATEWAY_ARGUMENT` */
  addTyped(command: string, handler: Step): void {
    const definition = this.#definitions.get(command);
    if (!definition) {
      const what = `the command map has no ${JSON.stringify(command)}: add it, or use handleRaw`;
      throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", what);
    }
    const codec = definition.request;
    const once = oncePerKey(handler, this.#claims);
    const decoded: Step = (handle) => {
      const request = RequestHandle.requestOf(handle);
      if (codec) {
        try {
          request.body = codec.decode(request.packet.body);
        } catch {
          return request.fail(Status.InvalidPacketBody, `the body is not a request body of ${command}`);
        }
      } else if (request.packet.body.length > 0) request.body = request.packet.body;
      return once(handle);
    };
    this.#add(command, definition, decoded);
  }

  /** @throws `IM_ERR_GATEWAY_ARGUMENT` */
  addRaw(command: string, handler: Step): void {
    const once = oncePerKey(handler, this.#claims);
    const raw: Step = (handle) => {
      const request = RequestHandle.requestOf(handle);
      request.body = request.packet.body;
      return once(handle);
    };
    this.#add(command, undefined, raw);
  }

  /** Composes the middleware with every route. Nothing is added afterwards. */
  seal(): void {
    for (const route of [...this.#routes.values(), this.#unknown]) route.run = compose(this.#middleware, route.run);
  }

  get(command: string): Route {
    return this.#routes.get(command) ?? this.#unknown;
  }

  #add(command: string, definition: CommandDefinition | undefined, handler: Step): void {
    const isOurs = command === commands.loginSignIn || command === commands.loginSignOut;
    if (isOurs || this.#routes.has(command)) {
      const by = isOurs ? "by the gateway itself" : "already";
      throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", `${JSON.stringify(command)} is handled ${by}`);
    }
    const needsDest = this.#definitions.get(command)?.needsDest ?? false;
    const run: Step = needsDest
      ? (request) => {
          if (request.dest !== "") return handler(request);
          return request.fail(Status.NoDestination, `${command} needs a dest`);
        }
      : handler;
    this.#routes.set(command, { definition, run });
  }
}
