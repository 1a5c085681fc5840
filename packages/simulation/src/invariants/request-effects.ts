import type { RequestRecord } from "../world/ledger.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** Errors of a gateway after which a request may run twice. */
const excuses = ["IM_ERR_CLAIM_EXPIRED", "IM_ERR_GATEWAY_STATE"];

/** The outcome that a client reports for a request is what happened to it. */
export const requestEffects: Invariant = (world) => {
  const requestRan = (request: RequestRecord) => check(world, request);
  world.observers.push({ requestRan, requestSettled: requestRan });
  return { atEnd: () => checkKeys(world) };
};

function check(world: World, request: RequestRecord): void {
  const { id, key, executions, outcome } = request;
  if (key === undefined && executions.length > 1) {
    world.violate("a plain request runs at most once", `request ${id} ran ${executions.length} times`);
  }
  if (!outcome) return;
  if (outcome.delivery === "none" && executions.length > 0) {
    world.violate("a request that was not sent does not run", `request ${id} failed with delivery none, and ran`);
  }
  if (!outcome.isOk) return;
  if (key === undefined || !key.includes(" k")) {
    if (outcome.answeredId !== id) {
      world.violate("a response settles only its own request", `request ${id} got the answer of ${outcome.answeredId}`);
    }
    if (executions.length === 0) world.violate("a request that was answered has run", `request ${id} did not run`);
  }
}

/** Of all requests with one key, one alone was carried out and answered. */
function checkKeys(world: World): void {
  if (world.gateways.some(({ lives }) => lives.some(({ errors }) => errors.some((code) => excuses.includes(code)))))
    return;
  const byKey = new Map<string, RequestRecord[]>();
  for (const request of world.ledger.requests.values()) {
    if (request.key !== undefined) byKey.set(request.key, [...(byKey.get(request.key) ?? []), request]);
  }
  if (!world.options.gateway.knowsExtensions || !world.options.client.knowsExtensions) return;
  for (const [key, requests] of byKey) {
    const isAnswered = requests.some(({ outcome }) => outcome?.isOk);
    if (isAnswered && requests.every(({ executions }) => executions.length === 0)) {
      world.violate("a request that was answered has run", `no request with the key ${key} ran`);
    }
    const isKept = (status: number | undefined) => status !== undefined && (status < 300 || status >= 400);
    const executions = requests.flatMap((request) => request.executions);
    const kept = executions.filter(({ status }) => isKept(status));
    const crashed = kept.some(({ life }) => diedAbruptly(world, life));
    if (kept.length > 1 && !crashed) {
      world.violate("an idempotent request runs once", `${kept.length} runs for the key ${key} were answered`);
    }
  }
}

function diedAbruptly(world: World, life: string): boolean {
  const lives = world.gateways.flatMap((gateway) => gateway.lives);
  return lives.find(({ name }) => name === life)?.process.isAlive === false;
}
