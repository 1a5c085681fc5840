import type { RawContext } from "@im/gateway";
import type { GatewayLife } from "./gateway-life.js";
import { decodeJson, encodeJson } from "./json.js";
import type { Execution, RequestBody } from "./ledger.js";
import { sleep } from "./sleep.js";
import type { Surroundings } from "./surroundings.js";

type Context = RawContext<Record<never, never>, undefined>;

/** The service behind a gateway: each request says itself how it is to be treated. */
export function addHandlers(world: Surroundings, life: GatewayLife): void {
  const began = ({ session, body }: Context, { id }: RequestBody): Execution => {
    world.observe((observer) => observer.handlerBegan?.(session, body.length));
    const execution: Execution = { life: life.name, beganMs: world.kernel.nowMs };
    const request = world.ledger.requests.get(id);
    // A stranger's is in no ledger.
    if (!request) return execution;
    request.executions.push(execution);
    world.kernel.write(life.name, `runs request ${id}`);
    world.observe((observer) => observer.requestRan?.(request, life));
    return execution;
  };
  life.gateway.handleRaw("sync", (context) => {
    const body = decodeJson<RequestBody>(context.body);
    answerAtOnce(context, body, began(context, body));
  });
  life.gateway.handleRaw("async", async (context) => {
    const body = decodeJson<RequestBody>(context.body);
    const execution = began(context, body);
    const number = world.ledger.requests.get(body.id)?.executions.length ?? 0;
    if (body.mode === "hang" && world.phase === "chaos") await aborted(context.signal);
    await sleep(life.process, body.ms);
    if (body.mode === "push") {
      await context.push(context.session.account, "note", encodeJson({ source: `r${body.id}`, number }));
    }
    answerAtOnce(context, body, execution);
  });
}

function answerAtOnce(context: Context, { id, mode, size }: RequestBody, execution: Execution): void {
  const answer = (status: number, act: () => unknown) => {
    execution.status = status;
    act();
  };
  if (mode === "throw" || mode === "reject") throw new Error("the service failed");
  if (mode === "undefined") return;
  if (mode === "gone") answer(404, () => context.fail(404, "not here"));
  else if (mode === "fail") answer(403, () => context.fail(403, "no"));
  else if (mode === "try-again") answer(302, () => context.fail(302, "later"));
  else answer(0, () => context.respond(encodeJson({ id, pad: "x".repeat(size) })));
  if (mode === "twice") context.respond();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Some notes for an account that comes online, whose sign-in is not answered yet. */
export function greet(world: Surroundings, life: GatewayLife, account: string): void {
  const source = world.pushes.nextSource();
  // With ports in memory, pushes that are not awaited arrive in order as well.
  if (!world.options.ports.inMemory) return;
  for (const number of [1, 2, 3]) void life.gateway.push(account, "note", encodeJson({ source, number }));
}
