import { isThenable } from "@im/transport-core/internal";
import { Status } from "@im/wire";
import type { Answer } from "../ports/idempotency-store.js";
import type { HandledRequest } from "../routing/handled-request.js";
import type { Step } from "../routing/route.js";
import { type Claims, type OwnClaim, pause } from "./claims.js";
import { idempotencyKeyOf } from "./idempotency-key.js";

/** How soon it is asked again whether the first has an answer: at first, and in the end. */
const FIRST_WAIT_MS = 10;
const MAX_WAIT_MS = 500;

/**
 * A handler that runs once for each idempotency key; repetitions get its answer. It stands behind all middleware, which
 * decides of repetitions as of any request.
 */
export function oncePerKey(handler: Step, claims: Claims): Step {
  return (request) => {
    // Middleware may call it again while the claim is its own.
    if (request.session.extensions.size === 0 || request.claim) return handler(request);
    const key = idempotencyKeyOf(request);
    if (key === undefined) return handler(request);
    if (typeof key === "string") return request.fail(Status.InvalidPacketBody, key);
    const claim = claims.create(key);
    const given = claims.ask(claim);
    if (isThenable(given) || given === "taken") return whenFree(handler, request, claims, claim, given);
    return runOrRepeat(handler, request, claim, given);
  };
}

/** Waits for its turn, or for the answer of who has it: until the request's own time is over, or its session. */
async function whenFree(
  handler: Step,
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
  await runOrRepeat(handler, request, claim, given);
}

function runOrRepeat(handler: Step, request: HandledRequest, claim: OwnClaim, answer: Answer | undefined): unknown {
  const isOver = request.status !== undefined;
  if (answer) return isOver ? undefined : request.answer(answer.status, answer.body);
  request.claim = claim;
  // Its time was over while it waited: whoever asks again runs it.
  return isOver ? request.releaseClaim() : handler(request);
}
