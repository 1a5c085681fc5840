import { Status } from "@im/wire";
import type { Answer, IdempotencyKey, IdempotencyStore } from "../ports/idempotency-store.js";
import { isLater } from "../ports/maybe-promise.js";
import type { HandledRequest } from "../routing/handled-request.js";
import type { Step } from "../routing/route.js";
import { idempotencyKeyOf } from "./idempotency-key.js";

/**
 * A handler that runs once for each idempotency key; repetitions get its answer. It stands behind all middleware, which
 * decides of repetitions as of any request.
 */
export function oncePerKey(handler: Step, store: IdempotencyStore): Step {
  return (request) => {
    // Middleware may call it again while the claim is its own.
    if (request.session.extensions.size === 0 || request.claim) return handler(request);
    const key = idempotencyKeyOf(request);
    if (key === undefined) return handler(request);
    if (typeof key === "string") return void request.fail(Status.InvalidPacketBody, key);
    const answer = store.claim(key);
    if (isLater(answer)) return answer.then((later) => runOrRepeat(handler, request, key, later));
    return runOrRepeat(handler, request, key, answer);
  };
}

function runOrRepeat(
  handler: Step,
  request: HandledRequest,
  key: IdempotencyKey,
  answer: Answer | undefined,
): void | Promise<void> {
  const isOver = request.status !== undefined;
  if (answer) return isOver ? undefined : void request.answer(answer.status, answer.body);
  request.claim = key;
  if (!isOver) return handler(request);
  // Its time was over while it waited: whoever asks again runs it.
  request.releaseClaim();
}
