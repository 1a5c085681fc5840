import { isThenable } from "@im/transport-core/internal";
import type { CommandDefinition } from "@im/wire";
import type { HandledRequest } from "./handled-request.js";

/** Middleware or a handler. The request waits for what it returns, if that is a promise. */
export type Step = (request: HandledRequest) => unknown;
export type MiddlewareStep = (request: HandledRequest, next: Step) => unknown;

/** Where the requests of one command go. */
export interface Route {
  readonly definition: CommandDefinition | undefined;
  /** Middleware and handler in one. */
  run: Step;
}

/** Puts steps before another, the first outermost. Composed once: a message makes no closures. */
export function compose(middleware: readonly MiddlewareStep[], last: Step): Step {
  return middleware.reduceRight<Step>((inner, step) => {
    const next = awaited(inner);
    return (request) => step(request, next);
  }, last);
}

/** A step that the request waits for, even if the middleware before it forgets to. */
function awaited(step: Step): Step {
  return (request) => {
    const given = step(request);
    if (isThenable(given)) request.waitFor(given);
    return given;
  };
}
