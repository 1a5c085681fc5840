import { isThenable } from "@im/transport-core/internal";
import { Status } from "@im/wire";
import type { Answer } from "../ports/idempotency-store.js";
import type { HandledRequest } from "../routing/handled-request.js";
import { RequestHandle } from "../routing/request-handle.js";
import type { Step } from "../routing/route.js";
import { type Claims, type OwnClaim, pause } from "./claims.js";
import { idempotencyKeyOf } from "./idempotency-key.js";

/** How long a repetition waits before it asks the store again: at first, and at most. */
const FIRST_WAIT_MS = 10;
const MAX_WAIT_MS = 500;

/**
 * A handler that runs once for each idempotency key; repetitions get its answer. It runs after all middleware, which sees
 * repetitions like any other request.
 */
export function oncePerKey(handler: Step, claims: Claims): Step {
  return (handle) => {
    const request = RequestHandle.requestOf(handle);
    // Middleware may call it again while the request holds the claim.
    if (request.session.extensions.size === 0 || request.claim) return handler(handle);
    const key = idempotencyKeyOf(request);
    if (key === undefined) return handler(handle);
    if (typeof key === "string") return request.fail(Status.InvalidPacketBody, key);
    const claim = claims.create(key);
    const given = claims.ask(claim);
    const run = () => handler(handle);
    if (isThenable(given) || given === "taken") return whenFree(run, request, claims, claim, given);
    return runOrRepeat(run, request, claim, given);
  };
}

/** Waits until the claim is free or has an answer, the request times out, or the session ends. */
async function whenFree(
  run: () => unknown,
  request: HandledRequest,
  claims: Claims,
  claim: OwnClaim,
  first: PromiseLike<Answer | "taken" | undefined> | "taken",
): Promise<void> {
  let given = await first;
  for (let waitMs = FIRST_WAIT_MS; given === "taken"; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    await pause(waitMs);
    if (request.status !== undefined) return;
    request.throwIfAborted();
    given = await claims.ask(claim);
  }
  await runOrRepeat(run, request, claim, given);
}

function runOrRepeat(
  run: () => unknown,
  request: HandledRequest,
  claim: OwnClaim,
  answer: Answer | undefined,
): unknown {
  const isOver = request.status !== undefined;
  if (answer) return isOver ? undefined : request.answer(answer.status, answer.body);
  request.claim = claim;
  // The request timed out while it waited: the next repetition runs it.
  return isOver ? request.releaseClaim() : run();
}
