import { isThenable } from "@im/transport-core/internal";
import type { CommandDefinition } from "@im/wire";
import { RequestHandle } from "./request-handle.js";

/** Middleware or a handler. The request waits for what it returns, if that is a promise. */
export type Step = (request: RequestHandle) => unknown;
export type MiddlewareStep = (request: RequestHandle, next: Step) => unknown;

/** How the requests of one command are handled. */
export interface Route {
  readonly definition: CommandDefinition | undefined;
  /** Middleware and handler in one. */
  run: Step;
}

/** Puts middleware before a step, the first outermost. It is composed once, so that a request makes no closures. */
export function compose(middleware: readonly MiddlewareStep[], last: Step): Step {
  return middleware.reduceRight<Step>((inner, step) => {
    const next = awaited(inner);
    return (request) => step(request, next);
  }, last);
}

/** A step for whose promise the request waits, even if the middleware before it does not. */
function awaited(step: Step): Step {
  return (request) => {
    const given = step(request);
    if (isThenable(given)) RequestHandle.requestOf(request).waitFor(given);
    return given;
  };
}
